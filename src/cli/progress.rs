//! How a download shows itself: a bar on a terminal; elsewhere only what a user has to know.

use std::io::IsTerminal;

use crossclaim::hub::PullEvent;
use indicatif::{ProgressBar, ProgressStyle};

use super::tell;

/// The bar of one model's download.
pub(crate) struct PullBar {
    bar: ProgressBar,
    model: String,
}

impl PullBar {
    pub(crate) fn new(model: &str) -> PullBar {
        let bar = if std::io::stderr().is_terminal() {
            let template = "{msg} {bar:25} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
            let style = ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style)
        } else {
            ProgressBar::hidden()
        };
        PullBar { bar, model: model.to_owned() }
    }

    pub(crate) fn tell(&self, event: PullEvent<'_>) {
        match event {
            PullEvent::Bytes { path, done, size } => {
                if self.bar.message() != path {
                    self.bar.set_message(path.to_owned());
                    self.bar.set_length(size);
                    self.bar.set_position(done);
                    // What was there before does not count for the speed.
                    self.bar.reset_eta();
                }
                self.bar.set_position(done);
            }
            PullEvent::Checking { path } => self.bar.set_message(format!("checking {path}")),
            PullEvent::Waiting { path } => self.note(format_args!(
                "note: {}: another process downloads {path}; waiting for it",
                self.model
            )),
            PullEvent::Retrying { path, why } => {
                self.note(format_args!("note: {path}: {why}; trying again"));
            }
        }
    }

    fn note(&self, message: std::fmt::Arguments<'_>) {
        self.bar.suspend(|| tell(message));
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
