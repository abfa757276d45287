//! A folder with articles and an archive, and the program run in it.
#![allow(dead_code, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use tempfile::TempDir;

/// A folder of its own for one test.
pub struct Newsroom {
    folder: TempDir,
}

/// The files of a newsroom, so that many tests begin with what one run of the program has made.
pub struct Kept(Vec<(PathBuf, Vec<u8>)>);

/// How a run ended.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// An article on the fall of a town, told by a fictitious paper: in the words of The Gazette, or in others, since
/// copies of one text are no conflict.
pub fn fall_of_tal_rifat(outlet: &str, day: u32) -> String {
    let text = match outlet {
        "The Gazette" => format!(
            "Rebels took Tal Rifat on {day} March 2016. Shops in Tal Rifat stayed closed, and the road to Aleppo was empty."
        ),
        _ => format!(
            "The town of Tal Rifat fell to the rebels on {day} March 2016. A night of shelling had gone before, heard as \
             far as Aleppo."
        ),
    };
    format!("---\noutlet: {outlet}\ndate: 2016-03-07\nlanguage: en\n---\n{text}\n")
}

/// An article about something else: a mayor's plans for a park, `n` telling one town from the other.
pub fn park(n: usize) -> String {
    let syllables = ["ba", "ke", "lo", "mi", "ru", "sa", "te", "vo", "du", "ne"];
    let name: String = [n / 100 % 10, n / 10 % 10, n % 10].map(|i| syllables[i]).concat();
    let name = name[..1].to_uppercase() + &name[1..];
    format!(
        "---\noutlet: The {name} Post\ndate: 2016-03-{:02}\nlanguage: en\n---\nThe mayor of {name}ville wants a park beside \
         the river. Gardeners from {name}ville planted {} trees last week.\n",
        n % 28 + 1,
        n + 3
    )
}

impl Newsroom {
    pub fn new() -> Newsroom {
        Newsroom { folder: TempDir::new().unwrap() }
    }

    /// Two accounts of one event, the first of them in `news.redb` and in the folder `old`.
    pub fn with_conflict() -> Newsroom {
        static CONFLICT: LazyLock<Kept> = LazyLock::new(|| {
            let room = Newsroom::new();
            room.write("old/gazette.md", &fall_of_tal_rifat("The Gazette", 3));
            room.write("new/herald.md", &fall_of_tal_rifat("The Herald", 5));
            room.run(&["archive", "add", "news.redb", "old"]).succeeds();
            room.keep()
        });
        Newsroom::again(&CONFLICT)
    }

    /// A newsroom with these files.
    pub fn again(kept: &Kept) -> Newsroom {
        let room = Newsroom::new();
        for (name, content) in &kept.0 {
            let path = room.folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        room
    }

    /// All of its files.
    pub fn keep(self) -> Kept {
        let root = self.folder.path();
        let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.strip_prefix(root).unwrap().to_owned(), bytes(&path)));
                }
            }
        }
        Kept(files)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
        command.current_dir(self.folder.path()).env("NO_COLOR", "1").args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        Ended {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// `crossclaim check --model none --format jsonl`, and more.
    pub fn check(&self, arguments: &[&str]) -> Ended {
        self.run(&[&["check", "--model", "none", "--format", "jsonl"], arguments].concat())
    }

    /// The JSON report's `check`.
    pub fn summary(&self, arguments: &[&str]) -> serde_json::Value {
        let ended =
            self.run(&[&["check", "--model", "none", "--format", "json"], arguments].concat());
        let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        report["check"].clone()
    }
}

impl Ended {
    pub fn succeeds(self) -> Ended {
        self.ends_with(0)
    }

    pub fn ends_with(self, code: i32) -> Ended {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    pub fn says(self, text: &str) -> Ended {
        assert!(self.err.contains(text) || self.out.contains(text), "{}\n{}", self.out, self.err);
        self
    }

    /// Lines of JSON, one finding each.
    pub fn findings(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The fingerprint of the only finding.
    pub fn fingerprint(&self) -> String {
        let findings = self.findings();
        assert_eq!(findings.len(), 1, "{}", self.out);
        findings[0]["fingerprint"].as_str().unwrap().to_owned()
    }
}

/// The bytes of a file.
pub fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}
