#![no_main]

crossclaim_fuzz::target!(crossclaim_fuzz::properties::readers::warc);
