//! A small server on this machine that speaks the model hub's protocol, and misbehaves when a test says so.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{fs, thread};

use serde_json::json;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Files of this size and above are "large": the hub states their SHA-256 and redirects to another address.
const LARGE: usize = 2_000;

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub target: String,
    pub headers: BTreeMap<String, String>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Whether it asks for the content of a large file.
    pub fn is_content(&self) -> bool {
        self.target.starts_with("/content/")
    }
}

/// What the server answers.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The length stated, where it is not the body's.
    pub states: Option<usize>,
    /// How long the connection stays open after the body.
    pub lingers: Duration,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Reply {
        let (headers, states) = (Vec::new(), None);
        Reply { status, headers, body: body.into(), states, lingers: Duration::ZERO }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Reply {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The first `count` bytes of the body, and then the connection is closed.
    pub fn cut(mut self, count: usize) -> Reply {
        self.states = Some(self.states.unwrap_or(self.body.len()));
        self.body.truncate(count);
        self
    }

    /// The first `count` bytes of the body, and then nothing for a long time.
    pub fn stalled(self, count: usize) -> Reply {
        Reply { lingers: Duration::from_secs(600), ..self.cut(count) }
    }
}

/// A repository at its newest commit.
#[derive(Debug, Clone)]
pub struct Repository {
    pub commit: String,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Repository {
    /// One of the tiny checkpoints of `tests/golden`, with a model card.
    pub fn golden(name: &str) -> Repository {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
        let mut files = BTreeMap::new();
        for file in ["config.json", "tokenizer.json", "model.onnx"] {
            files.insert(file.to_owned(), fs::read(folder.join(file)).unwrap());
        }
        files.insert("README.md".into(), b"---\nlicense: mit\n---\nA model.\n".to_vec());
        files.insert(".gitattributes".into(), b"*.onnx filter=lfs\n".to_vec());
        Repository { commit: "0123456789abcdef0123456789abcdef01234567".into(), files }
    }

    pub fn with(mut self, path: &str, content: &[u8]) -> Repository {
        self.files.insert(path.to_owned(), content.to_vec());
        self
    }

    pub fn without(mut self, path: &str) -> Repository {
        self.files.remove(path).unwrap();
        self
    }
}

pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect()
}

pub fn git_blob(content: &[u8]) -> String {
    let mut digest = Sha1::new();
    digest.update(format!("blob {}\0", content.len()));
    digest.update(content);
    digest.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

type Twist = dyn Fn(&Request, usize, Reply) -> Reply + Send + Sync;

struct State {
    repositories: Mutex<BTreeMap<String, Repository>>,
    requests: Mutex<Vec<Request>>,
    /// Changes the answer; its second argument is how many requests of the same target came before.
    twist: Box<Twist>,
    /// Where large files are, where that is another server.
    contents: Option<String>,
}

/// The server; it serves until the test's process ends.
pub struct HubServer {
    pub url: String,
    state: Arc<State>,
}

impl HubServer {
    pub fn new(repository: Repository) -> HubServer {
        Self::twisted(repository, |_, _, reply| reply)
    }

    /// A server whose answers a test changes.
    pub fn twisted(
        repository: Repository,
        twist: impl Fn(&Request, usize, Reply) -> Reply + Send + Sync + 'static,
    ) -> HubServer {
        Self::start(repository, Box::new(twist), None)
    }

    /// A server that keeps its large files on another one.
    pub fn with_contents_at(repository: Repository, other: &HubServer) -> HubServer {
        Self::start(repository, Box::new(|_, _, reply| reply), Some(other.url.clone()))
    }

    fn start(repository: Repository, twist: Box<Twist>, contents: Option<String>) -> HubServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let repositories = BTreeMap::from([(MODEL.to_owned(), repository)]);
        let (repositories, requests) = (Mutex::new(repositories), Mutex::default());
        let state = Arc::new(State { repositories, requests, twist, contents });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A client that hangs up early is no fault of the server's.
                thread::spawn(move || serve(stream, &state));
            }
        });
        HubServer { url, state }
    }

    /// Puts another commit in the place of the newest.
    pub fn replace(&self, repository: Repository) {
        self.state.repositories.lock().unwrap().insert(MODEL.to_owned(), repository);
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.state.requests.lock().unwrap().clone()
    }

    /// Requests for the content of large files.
    pub fn content_requests(&self) -> Vec<Request> {
        self.requests().into_iter().filter(Request::is_content).collect()
    }
}

/// The one repository of the server.
pub const MODEL: &str = "lab/tiny";

fn serve(mut stream: TcpStream, state: &State) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let target = line.split(' ').nth(1)?.to_owned();
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let request = Request { target, headers };
        let before = {
            let mut requests = state.requests.lock().unwrap();
            let before = requests.iter().filter(|r| r.target == request.target).count();
            requests.push(request.clone());
            before
        };
        let reply = (state.twist)(&request, before, state.answer(&request));
        let length = reply.states.unwrap_or(reply.body.len());
        let mut head = format!("HTTP/1.1 {} -\r\nContent-Length: {length}\r\n", reply.status);
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
        stream.write_all(&reply.body).ok()?;
        stream.flush().ok()?;
        if !reply.lingers.is_zero() {
            // Until the client hangs up, at most so long.
            stream.set_read_timeout(Some(reply.lingers)).ok()?;
            let _ = reader.read(&mut [0]);
        }
        if length != reply.body.len() {
            return None;
        }
    }
}

impl State {
    /// What the hub would answer.
    fn answer(&self, request: &Request) -> Reply {
        let path = request.target.split('?').next().unwrap();
        let repositories = self.repositories.lock().unwrap();
        if let Some(digest) = path.strip_prefix("/content/") {
            let mut contents = repositories.values().flat_map(|r| r.files.values());
            return match contents.find(|content| sha256(content) == digest) {
                Some(content) => part(content, request),
                None => Reply::new(403, "no such content"),
            };
        }
        for (name, repository) in repositories.iter() {
            let commit = &repository.commit;
            if let Some(revision) = path.strip_prefix(&format!("/api/models/{name}/revision/")) {
                if revision == "main" || revision == commit {
                    return Reply::new(200, json!({"id": name, "sha": commit}).to_string());
                }
                return Reply::new(404, "{}").with("X-Error-Code", "RevisionNotFound");
            }
            if path == format!("/api/models/{name}/tree/{commit}") {
                let entries: Vec<_> =
                    repository.files.iter().map(|(path, content)| entry(path, content)).collect();
                return Reply::new(200, json!(entries).to_string());
            }
            if let Some(file) = path.strip_prefix(&format!("/{name}/resolve/{commit}/")) {
                return match repository.files.get(file) {
                    None => Reply::new(404, "").with("X-Error-Code", "EntryNotFound"),
                    Some(content) if content.len() < LARGE => part(content, request),
                    Some(content) => {
                        let base = self.contents.as_deref().unwrap_or_default();
                        let digest = sha256(content);
                        Reply::new(302, "")
                            .with("Location", format!("{base}/content/{digest}?signature=abc"))
                            .with("X-Linked-ETag", format!("\"{digest}\""))
                    }
                };
            }
        }
        // As the hub answers for names that do not exist.
        Reply::new(401, r#"{"error":"Repository not found"}"#).with("X-Error-Code", "RepoNotFound")
    }
}

fn entry(path: &str, content: &[u8]) -> serde_json::Value {
    let (size, pointer) = (content.len(), git_blob(b"a pointer"));
    if size < LARGE {
        return json!({"type": "file", "path": path, "size": size, "oid": git_blob(content)});
    }
    let lfs = json!({"oid": sha256(content), "size": size, "pointerSize": 130});
    json!({"type": "file", "path": path, "size": size, "oid": pointer, "lfs": lfs})
}

/// The content from the byte on that the request asks for.
fn part(content: &[u8], request: &Request) -> Reply {
    let Some(range) = request.header("range") else { return Reply::new(200, content) };
    let start: usize =
        range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse().unwrap();
    let all = content.len();
    if start >= all {
        return Reply::new(416, "").with("Content-Range", format!("bytes */{all}"));
    }
    Reply::new(206, &content[start..])
        .with("Content-Range", format!("bytes {start}-{}/{all}", all - 1))
}
