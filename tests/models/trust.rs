//! What comes from a server is hostile until it was checked; tokens go where they belong.

use std::fs;
use std::path::PathBuf;

use crossclaim::hub::HubSettings;
use predicates::str::contains;
use serde_json::Value;

use super::server::{HubServer, MODEL, Reply, Repository};
use super::{Home, SENTENCES, complaint, files_below};

const PULL: [&str; 5] = ["models", "pull", MODEL, "--retries", "0"];

#[test]
fn a_file_with_another_digest_is_refused_and_deleted() {
    for file in ["config.json", "tokenizer.json", "model.onnx"] {
        let size = Repository::golden("tiny-bert").files[file].len();
        // The size of the file tells which content it is.
        let server = HubServer::twisted(Repository::golden("tiny-bert"), move |_, _, mut reply| {
            if reply.status == 200 && reply.body.len() == size {
                reply.body[size / 2] ^= 1;
            }
            reply
        });
        let home = Home::new(&server.url);
        let message = home.complaint(&PULL);
        assert!(
            message.contains(&format!("{file}: its digest is"))
                && message.contains("it was deleted"),
            "{message}"
        );
        let left = files_below(&home.repository());
        assert!(
            !left.iter().any(|name| name.ends_with(file) || name.ends_with(".incomplete")),
            "{left:?}"
        );
        let message = home.complaint(&[&["pair", "--model", MODEL], &SENTENCES[..]].concat());
        assert!(message.contains("was not pulled whole"), "{message}");
    }
}

#[test]
fn a_damaged_part_from_before_is_fetched_again() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    home.output(&PULL);
    let blobs = home.repository().join("blobs");
    for name in files_below(&blobs) {
        let content = fs::read(blobs.join(&name)).unwrap();
        fs::write(blobs.join(format!("{name}.crossclaim.incomplete")), vec![9; content.len() / 2])
            .unwrap();
        fs::remove_file(blobs.join(&name)).unwrap();
    }
    home.output(&PULL);
    home.output(&["models", "verify"]);
}

#[test]
fn what_another_program_put_there_is_checked_before_it_is_used() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    home.output(&PULL);
    let repository = home.repository();
    fs::remove_dir_all(repository.join(".crossclaim")).unwrap();
    // Without a receipt nobody has checked it.
    assert!(home.complaint(&["models", "path", MODEL]).contains("was not pulled"));
    let blob = super::server::sha256(&Repository::golden("tiny-bert").files["model.onnx"]);
    fs::write(repository.join("blobs").join(blob), "rubbish").unwrap();
    assert!(home.output(&PULL).contains("1 downloaded"));
    home.output(&["models", "verify"]);
}

#[test]
fn a_file_name_that_leads_elsewhere_is_refused() {
    for name in [
        "../escape.json",
        "onnx/../../escape.json",
        "/escape.json",
        "..\\escape.json",
        "a//b",
        "C:escape.json",
    ] {
        let server = HubServer::new(Repository::golden("tiny-bert").with(name, b"{}"));
        let home = Home::new(&server.url);
        let message = home.complaint(&PULL);
        assert!(message.contains("leads out of the model's folder"), "{name}: {message}");
        assert!(files_below(&home.path("")).is_empty(), "{name}");
    }
}

#[test]
fn digests_and_commits_that_are_none_are_refused() {
    for (from, to) in
        [("0123456789abcdef", "../../../../etc/x"), ("\"oid\":\"", "\"oid\":\"../../")]
    {
        let server =
            HubServer::twisted(Repository::golden("tiny-bert"), move |request, _, mut reply| {
                if request.target.starts_with("/api/") {
                    reply.body =
                        String::from_utf8(reply.body).unwrap().replacen(from, to, 1).into_bytes();
                }
                reply
            });
        let home = Home::new(&server.url);
        let message = home.complaint(&PULL);
        assert!(message.contains("HF_ENDPOINT") && message.contains(".."), "{message}");
        assert!(files_below(&home.path("")).is_empty());
    }
}

#[test]
fn repositories_that_lead_elsewhere_are_not_asked_for() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    for name in ["../../tiny", "lab/..", "lab/tiny/../x", "lab/tiny@../../x"] {
        home.complaint(&["models", "pull", name]);
    }
    assert!(server.requests().is_empty() && files_below(&home.path("")).is_empty());
}

#[test]
fn a_model_that_comes_as_a_pickle_only_is_refused() {
    let repository =
        Repository::golden("tiny-bert").without("model.onnx").with("pytorch_model.bin", &[2; 4000]);
    let server = HubServer::new(repository);
    let home = Home::new(&server.url);
    let message = home.complaint(&PULL);
    assert!(
        message.contains("pytorch_model.bin, a pickle") && message.contains("never"),
        "{message}"
    );
    assert!(server.content_requests().is_empty());
}

#[test]
fn a_digest_of_the_manifest_holds_too() {
    let repository = Repository::golden("tiny-bert");
    let server = HubServer::new(repository.clone());
    let home = Home::new(&server.url);
    let right = super::server::sha256(&repository.files["model.onnx"]);
    let own = |digest: &str| {
        let model = format!("[[model]]\nname = \"ours\"\nrepository = \"{MODEL}\"\n");
        fs::write(
            home.path("own.toml"),
            format!("{model}sha256 = {{\"model.onnx\" = \"{digest}\"}}\n"),
        )
        .unwrap();
    };
    own(&"0".repeat(64));
    let pull = ["models", "--manifest", "own.toml", "pull", "ours"];
    let message = home.complaint(&pull);
    assert!(message.contains("the manifest wants 000") && message.contains(&right), "{message}");
    assert!(home.complaint(&["models", "path", MODEL]).contains("was not pulled"));
    own(&right.to_uppercase());
    home.output(&pull);
}

/// A server that wants the token `hf_secret`.
fn private() -> HubServer {
    HubServer::twisted(Repository::golden("tiny-bert"), |request, _, reply| {
        match request.header("authorization") {
            Some("Bearer hf_secret") => reply,
            _ if request.is_content() => reply,
            _ => Reply::new(401, r#"{"error":"Invalid username or password."}"#),
        }
    })
}

#[test]
fn a_model_that_needs_a_token_says_so() {
    let server = private();
    let home = Home::new(&server.url);
    let message = home.complaint(&PULL);
    assert!(message.contains("set HF_TOKEN"), "{message}");
    let message = complaint(home.crossclaim(&PULL).env("HF_TOKEN", "hf_wrong"));
    assert!(
        message.contains("refuses the access token") && message.contains("HF_TOKEN"),
        "{message}"
    );
    assert!(!message.contains("hf_wrong"), "{message}");
    let message = complaint(home.crossclaim(&PULL).env("HF_TOKEN", "hf\nsecret"));
    assert!(message.contains("characters that no token has"), "{message}");
    home.crossclaim(&PULL).env("HF_TOKEN", " hf_secret\n").assert().success();
}

#[test]
fn the_token_that_python_wrote_is_used() {
    let server = private();
    let home = Home::new(&server.url);
    fs::create_dir_all(home.path("hf")).unwrap();
    fs::write(home.path("hf/token"), "hf_secret\n").unwrap();
    complaint(home.crossclaim(&PULL).env("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"));
    home.output(&PULL);
}

#[test]
fn gated_models_name_the_page_of_their_terms() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |_, _, _| {
        Reply::new(403, "").with("X-Error-Code", "GatedRepo")
    });
    let home = Home::new(&server.url);
    let message = home.complaint(&PULL);
    assert!(message.contains(&format!("accept its terms at {}/{MODEL}", server.url)), "{message}");
}

#[test]
fn the_token_goes_to_no_other_host() {
    let other = HubServer::new(Repository::golden("tiny-bert"));
    let server = HubServer::with_contents_at(Repository::golden("tiny-bert"), &other);
    let home = Home::new(&server.url);
    home.crossclaim(&PULL).env("HF_TOKEN", "hf_secret").assert().success();
    assert!(
        server.requests().iter().all(|r| r.header("authorization") == Some("Bearer hf_secret"))
    );
    assert_eq!(other.requests().len(), 2);
    assert!(other.requests().iter().all(|r| r.header("authorization").is_none()));
}

#[test]
fn a_token_is_not_printed_with_the_settings() {
    let mut settings = HubSettings::new(PathBuf::from("cache"));
    settings.token = Some("hf_secret".into());
    assert!(!format!("{settings:?}").contains("hf_secret"));
}

#[test]
fn a_forged_receipt_does_not_lead_elsewhere() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    home.output(&PULL);
    let folder = home.repository().join(".crossclaim");
    let path = folder.join(&files_below(&folder)[0]);
    let receipt: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for (key, value) in [("commit", "../../.."), ("version", "9"), ("repository", "../x")] {
        let mut forged = receipt.clone();
        forged[key] = value.into();
        fs::write(&path, forged.to_string()).unwrap();
        assert!(home.complaint(&["models", "remove", MODEL]).contains("pull the model again"));
    }
    // The others are shown all the same.
    let mut list = home.crossclaim(&["models", "list"]);
    list.assert().code(2).stdout(contains("mdeberta")).stderr(contains("pull the model again"));
    let mut forged = receipt;
    forged["files"][0]["path"] = "../../../../victim".into();
    fs::write(&path, forged.to_string()).unwrap();
    assert!(home.complaint(&["models", "remove", MODEL]).contains("leads out"));
}
