//! Servers, networks and disks that fail, and what is left afterwards.

use std::fs;
use std::time::{Duration, Instant};

use predicates::str::contains;

use super::server::{HubServer, MODEL, Reply, Repository, sha256};
use super::{Home, files_below};

const PULL: [&str; 5] = ["models", "pull", MODEL, "--retries", "0"];

/// The network of the model that the tests pull, and its size.
fn onnx() -> Vec<u8> {
    Repository::golden("tiny-bert").files["model.onnx"].clone()
}

/// A server that breaks the network's download off once, after so many bytes.
fn breaking_off_once(after: usize) -> HubServer {
    let place = format!("/content/{}", sha256(&onnx()));
    HubServer::twisted(Repository::golden("tiny-bert"), move |request, before, reply| {
        if request.target.starts_with(&place) && before == 0 { reply.cut(after) } else { reply }
    })
}

/// Bytes of the interrupted download, if there is one.
fn kept(home: &Home) -> Option<u64> {
    let blobs = home.repository().join("blobs");
    let name = files_below(&blobs).into_iter().find(|name| name.ends_with(".incomplete"))?;
    Some(fs::metadata(blobs.join(name)).unwrap().len())
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped() {
    let server = breaking_off_once(70_000);
    let home = Home::new(&server.url);
    let message = home.complaint(&PULL);
    assert!(
        message.contains("model.onnx: broken off after 70000 of") && message.contains("pull again"),
        "{message}"
    );
    assert_eq!(kept(&home), Some(70_000));
    // What is half there is no model.
    let message = home.complaint(&["models", "path", MODEL]);
    assert!(message.contains("was not pulled"), "{message}");

    home.output(&PULL);
    assert_eq!(server.content_requests().last().unwrap().header("range"), Some("bytes=70000-"));
    assert_eq!(kept(&home), None);
    home.output(&["models", "verify"]);
}

#[test]
fn a_broken_connection_is_tried_again() {
    let server = breaking_off_once(70_000);
    let home = Home::new(&server.url);
    let arguments = ["models", "pull", MODEL, "--retries", "1"];
    home.crossclaim(&arguments)
        .assert()
        .success()
        .stderr(contains("broken off after 70000").count(1));
    assert_eq!(server.content_requests().last().unwrap().header("range"), Some("bytes=70000-"));
}

#[test]
fn a_server_that_is_busy_is_tried_again() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |request, before, reply| {
        let asks = request.target.contains("/revision/") || request.is_content();
        if asks && before == 0 { Reply::new(503, "busy") } else { reply }
    });
    let home = Home::new(&server.url);
    home.crossclaim(&["models", "pull", MODEL, "--retries", "1"])
        .assert()
        .success()
        .stderr(contains("503").count(3));
    let message =
        Home::new(&server.url).complaint(&["models", "pull", "lab/other", "--retries", "0"]);
    assert!(message.contains("503") && message.contains("pull again"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_killed_process_leaves_what_it_had() {
    let place = format!("/content/{}", sha256(&onnx()));
    let server =
        HubServer::twisted(Repository::golden("tiny-bert"), move |request, before, reply| {
            if request.target.starts_with(&place) && before == 0 {
                reply.stalled(50_000)
            } else {
                reply
            }
        });
    let home = Home::new(&server.url);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.env_clear().env("HF_HOME", home.path("hf")).env("HF_ENDPOINT", &server.url).args(PULL);
    let mut child = command.env("HOME", home.path("")).spawn().unwrap();
    let begun = Instant::now();
    while kept(&home) != Some(50_000) {
        assert!(begun.elapsed() < Duration::from_secs(60), "the download does not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    home.output(&PULL);
    assert_eq!(server.content_requests().last().unwrap().header("range"), Some("bytes=50000-"));
}

#[test]
fn a_slow_server_is_given_up() {
    for stalls in ["/content/", "/api/"] {
        let server =
            HubServer::twisted(Repository::golden("tiny-bert"), move |request, _, reply| {
                if request.target.starts_with(stalls) { reply.stalled(10) } else { reply }
            });
        let message = Home::new(&server.url).complaint(&[&PULL[..], &["--timeout", "1"]].concat());
        assert!(message.contains("pull again"), "{message}");
    }
}

#[test]
fn a_server_that_does_not_resume_is_asked_for_all() {
    let place = format!("/content/{}", sha256(&onnx()));
    let server =
        HubServer::twisted(Repository::golden("tiny-bert"), move |request, before, reply| {
            match before {
                _ if !request.target.starts_with(&place) => reply,
                0 => reply.cut(70_000),
                _ => Reply::new(200, onnx()),
            }
        });
    let home = Home::new(&server.url);
    home.complaint(&PULL);
    home.output(&PULL);
    home.output(&["models", "verify"]);
}

#[test]
fn a_server_that_resumes_elsewhere_is_not_believed() {
    let place = format!("/content/{}", sha256(&onnx()));
    let server =
        HubServer::twisted(Repository::golden("tiny-bert"), move |request, before, reply| {
            match before {
                _ if !request.target.starts_with(&place) => reply,
                0 => reply.cut(70_000),
                1 => Reply::new(206, vec![0; 10]).with("Content-Range", "bytes 10-19/20"),
                _ => reply,
            }
        });
    let home = Home::new(&server.url);
    home.complaint(&PULL);
    assert!(home.complaint(&PULL).contains("cannot resume"));
    home.output(&PULL);
    home.output(&["models", "verify"]);
}

#[test]
fn a_file_longer_than_stated_is_refused() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |request, _, mut reply| {
        if request.is_content() {
            reply.body.extend([0; 100]);
        }
        reply
    });
    let home = Home::new(&server.url);
    let message = home.complaint(&PULL);
    assert!(message.contains("sends more than"), "{message}");
    assert_eq!(kept(&home), None);
}

#[test]
fn what_does_not_exist_is_said() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    let message = home.complaint(&["models", "pull", "lab/huge"]);
    assert!(
        message.contains("lab/huge: no such repository") && message.contains("HF_TOKEN"),
        "{message}"
    );
    let message = home.complaint(&["models", "pull", "lab/tiny@v9"]);
    assert!(message.contains("lab/tiny@v9: there is no such branch, tag or commit"), "{message}");

    let server =
        HubServer::twisted(Repository::golden("tiny-bert"), |_, _, _| Reply::new(404, "not found"));
    let message = Home::new(&server.url).complaint(&PULL);
    assert!(message.contains("no such repository, revision or file"), "{message}");
}

#[test]
fn a_file_that_is_listed_and_not_there_is_named() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |request, _, reply| {
        if !request.target.ends_with("/tokenizer.json") {
            return reply;
        }
        Reply::new(404, "").with("X-Error-Code", "EntryNotFound")
    });
    let message = Home::new(&server.url).complaint(&PULL);
    assert!(
        message.contains("lab/tiny: tokenizer.json: the repository has no such file"),
        "{message}"
    );
}

#[test]
fn a_page_that_is_no_hub_is_said() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |_, _, _| {
        Reply::new(200, "<html>Log in!</html>")
    });
    let message = Home::new(&server.url).complaint(&PULL);
    assert!(message.contains("HF_ENDPOINT") && message.contains("log in"), "{message}");
}

#[test]
fn a_circle_of_redirects_ends() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |request, _, _| {
        Reply::new(302, "").with("Location", request.target.clone())
    });
    assert!(Home::new(&server.url).complaint(&PULL).contains("redirects again and again"));
}

#[test]
fn a_hub_that_is_not_there_is_said() {
    // Nothing listens on the port of a listener that is gone.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let message = Home::new(&format!("http://127.0.0.1:{port}")).complaint(&PULL);
    assert!(
        message.contains(&format!("127.0.0.1:{port}")) && message.contains("HF_ENDPOINT"),
        "{message}"
    );
    for endpoint in ["huggingface.co", "ftp://huggingface.co", "http://"] {
        assert!(Home::new(endpoint).complaint(&PULL).contains("is no address of a hub"));
    }
}

/// No file may grow beyond 40 kB, which the network needs more than: what a full disk or a quota does.
#[cfg(unix)]
#[test]
fn a_full_disk_stops_the_download_and_keeps_what_is_there() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    let mut command = std::process::Command::new("sh");
    // The shell's unit is 512 or 1,024 bytes. The signal that ends a process at the limit is ignored, so that
    // writing fails as it does on a full disk.
    let script = "trap '' XFSZ; ulimit -f 40; exec \"$0\" \"$@\"";
    command.args(["-c", script, env!("CARGO_BIN_EXE_crossclaim")]).args(PULL);
    command
        .env("HF_HOME", home.path("hf"))
        .env("HF_ENDPOINT", &server.url)
        .env("HOME", home.path(""));
    for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HF_HUB_CACHE", "HF_TOKEN"]
    {
        command.env_remove(proxy);
    }
    let output = command.output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("free some space") && message.contains("HF_HOME"), "{message}");
    assert!(kept(&home).is_some_and(|bytes| bytes > 0));
    home.output(&PULL);
    home.output(&["models", "verify"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_space_is_named() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    let blobs = home.repository().join("blobs");
    fs::create_dir_all(&blobs).unwrap();
    // Every write to this device fails as on a full disk.
    let name = format!("{}.crossclaim.incomplete", sha256(&onnx()));
    std::os::unix::fs::symlink("/dev/full", blobs.join(name)).unwrap();
    let message = home.complaint(&PULL);
    assert!(
        message.contains("No space left on device") && message.contains("free some space"),
        "{message}"
    );
}

#[cfg(unix)]
#[test]
fn a_cache_that_is_no_folder_is_named() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    fs::create_dir(home.path("hf")).unwrap();
    fs::write(home.path("hf/hub"), "a file").unwrap();
    let message = home.complaint(&PULL);
    assert!(message.contains("hf/hub") && message.contains("HF_HOME"), "{message}");
}

#[test]
fn two_pulls_at_once_fetch_each_file_once() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |request, _, reply| {
        if request.is_content() {
            // Long enough for both to be at it.
            std::thread::sleep(Duration::from_millis(300));
        }
        reply
    });
    let home = Home::new(&server.url);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| home.output(&PULL));
        }
    });
    let mut targets: Vec<String> =
        server.content_requests().into_iter().map(|r| r.target).collect();
    let all = targets.len();
    targets.sort();
    targets.dedup();
    assert_eq!((all, targets.len()), (2, 2), "model.onnx and tokenizer.json, once each");
    home.output(&["models", "verify"]);
}
