//! Where a run writes: standard output, or a file that appears under its name only when whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// What a run writes to. Nothing stays of a file that is dropped before [`Output::finish`].
pub(crate) enum Output {
    Standard(BufWriter<io::Stdout>),
    /// A device or a pipe, written in place.
    Device(BufWriter<File>),
    File(PartialFile),
}

pub(crate) struct PartialFile {
    writer: BufWriter<File>,
    partial: PathBuf,
    target: PathBuf,
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // Gone already where the run succeeded.
        let _ = fs::remove_file(&self.partial);
    }
}

impl Output {
    pub(crate) fn standard() -> Self {
        Output::Standard(BufWriter::new(io::stdout()))
    }

    pub(crate) fn open(target: Option<&Path>) -> anyhow::Result<Self> {
        let Some(target) = target else { return Ok(Self::standard()) };
        let shown = target.display();
        let cannot =
            || format!("{shown}: cannot write there; check that the folder exists and is writable");
        // A link is followed: its file is replaced, not the link.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        match fs::metadata(&target) {
            Ok(data) if data.is_dir() => bail!("{shown}: is a folder; name a file in it"),
            Ok(data) if !data.is_file() => {
                let file = File::options().write(true).open(&target).with_context(cannot)?;
                return Ok(Output::Device(BufWriter::new(file)));
            }
            _ => {}
        }
        let mut partial = OsString::from(&target);
        partial.push(".crossclaim-partial");
        let partial = PathBuf::from(partial);
        let file = File::create(&partial).with_context(cannot)?;
        Ok(Output::File(PartialFile { writer: BufWriter::new(file), partial, target }))
    }

    /// Whether this is standard output.
    pub(crate) fn is_standard(&self) -> bool {
        matches!(self, Output::Standard(_))
    }

    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.flush()?;
        if let Output::File(file) = &self {
            fs::rename(&file.partial, &file.target)
                .with_context(|| format!("{}: cannot write the report", file.target.display()))?;
        }
        Ok(())
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Output::Standard(out) => out,
            Output::Device(out) => out,
            Output::File(file) => &mut file.writer,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush()
    }
}
