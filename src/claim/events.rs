//! Events and who takes part in them.
