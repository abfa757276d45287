//! Requests to the hub: redirects, the token, and what answers mean.

use std::fmt;

use serde::Deserialize;
use ureq::http::{Response, StatusCode, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Proxy};

use super::digest::HubDigest;
use super::files::HubFile;
use super::settings::{HubSettings, ProxySettings};
use super::spec::{self, ModelSpec, RepoId};
use crate::error::{Error, Result};

/// The hub answers with one; mirrors and content networks add a few.
const MAX_REDIRECTS: usize = 10;

/// Longest list of files that is read, in bytes.
const MAX_LIST: u64 = 32 << 20;

/// Pages of a list of files; the hub gives 1,000 files in one.
const MAX_PAGES: usize = 100;

/// Why a request gave nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may go better the next time.
    Broken(String),
    /// It will not.
    Fatal(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Fatal(error)
    }
}

/// Speaks the hub's protocol.
pub(super) struct Client {
    agent: Agent,
    endpoint: String,
    token: Option<String>,
}

/// A repository at one commit.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) commit: String,
    pub(super) files: Vec<HubFile>,
}

#[derive(Deserialize)]
struct RevisionAnswer {
    sha: String,
}

#[derive(Deserialize)]
struct TreeEntry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
    oid: Option<String>,
    lfs: Option<LargeFile>,
}

#[derive(Deserialize)]
struct LargeFile {
    oid: String,
    size: u64,
}

impl Client {
    pub(super) fn new(settings: &HubSettings) -> Result<Client> {
        let endpoint = settings.endpoint.trim_end_matches('/').to_owned();
        if origin(&endpoint).is_none() {
            let problem = "is no address of a hub";
            return Err(hub(
                &endpoint,
                problem,
                "HF_ENDPOINT takes one such as https://huggingface.co",
            ));
        }
        if let Some(token) = &settings.token
            && (token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()))
        {
            let remedy = "set HF_TOKEN to the token alone, without spaces or quotes";
            return Err(hub("the access token", "has characters that no token has", remedy));
        }
        let mut tls = TlsConfig::builder();
        if let Some(pem) = &settings.authorities {
            tls = tls.root_certs(authorities(pem)?);
        }
        let proxy = settings.proxy.as_ref().map(proxy).transpose()?;
        let timeouts = settings.timeouts;
        let config = Agent::config_builder()
            .user_agent(concat!("crossclaim/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            // Followed here, where the token can be left out.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy)
            .timeout_connect(Some(timeouts.connect))
            .timeout_recv_response(Some(timeouts.response))
            .timeout_per_read(Some(timeouts.stall))
            .tls_config(tls.build())
            .build();
        Ok(Client {
            agent: Agent::new_with_config(config),
            endpoint,
            token: settings.token.clone(),
        })
    }

    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The files of a model, and the commit that its revision means now.
    pub(super) fn list(&self, model: &ModelSpec) -> std::result::Result<Listing, Failure> {
        let api = format!("{}/api/models/{}", self.endpoint, model.repository);
        let (answer, _): (RevisionAnswer, _) =
            self.json(&format!("{api}/revision/{}", quoted(&model.revision)), model)?;
        let commit = answer.sha;
        if !spec::is_commit(&commit) {
            return Err(self.nonsense(model, format!("gives {commit:?} as a commit")).into());
        }
        let mut files = Vec::new();
        let mut next = Some(format!("{api}/tree/{commit}?recursive=true"));
        for _ in 0..MAX_PAGES {
            let Some(url) = next.take() else { break };
            let (entries, following): (Vec<TreeEntry>, _) = self.json(&url, model)?;
            for entry in entries.into_iter().filter(|entry| entry.kind == "file") {
                files.push(self.file(entry, model)?);
            }
            next = following;
        }
        Ok(Listing { commit, files })
    }

    fn file(&self, entry: TreeEntry, model: &ModelSpec) -> Result<HubFile> {
        spec::check_path(&entry.path).map_err(|problem| self.nonsense(model, problem))?;
        let (digits, size) = match (entry.lfs, entry.oid) {
            (Some(large), _) => (large.oid, large.size),
            (None, Some(oid)) => (oid, entry.size),
            (None, None) => (String::new(), entry.size),
        };
        let digest = HubDigest::parse(&digits).ok_or_else(|| {
            self.nonsense(model, format!("states {digits:?} as the digest of {}", entry.path))
        })?;
        Ok(HubFile { path: entry.path, size, digest })
    }

    /// Asks for a file's content from byte `offset` on.
    pub(super) fn content(
        &self,
        repository: &RepoId,
        commit: &str,
        path: &str,
        offset: u64,
    ) -> std::result::Result<Response<Body>, Failure> {
        let url = format!("{}/{repository}/resolve/{commit}/{}", self.endpoint, quoted_path(path));
        let (answer, _) = self.get(&url, offset)?;
        match answer.status() {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                Ok(answer)
            }
            _ => Err(self.refusal(&answer, &format!("{repository}: {path}"), repository)),
        }
    }

    /// An answer in JSON, and the address of the page after it.
    fn json<T: serde::de::DeserializeOwned>(
        &self,
        url: &str,
        model: &ModelSpec,
    ) -> std::result::Result<(T, Option<String>), Failure> {
        let (mut answer, from) = self.get(url, 0)?;
        if answer.status() != StatusCode::OK {
            return Err(self.refusal(&answer, &model.to_string(), &model.repository));
        }
        let next = header(&answer, "link").and_then(next_page).and_then(|next| join(&from, &next));
        let text = answer.body_mut().with_config().limit(MAX_LIST).read_to_vec();
        let text = text.map_err(|error| Failure::Broken(self.told(&error)))?;
        let value = serde_json::from_slice(&text).map_err(|error| {
            self.nonsense(model, format!("answers with something else: {error}"))
        })?;
        Ok((value, next))
    }

    /// Follows redirects; the token goes to the hub's own origin only. Gives the answer's address too.
    fn get(
        &self,
        url: &str,
        offset: u64,
    ) -> std::result::Result<(Response<Body>, String), Failure> {
        let mut url = url.to_owned();
        for _ in 0..MAX_REDIRECTS {
            let mut request = self.agent.get(&url).header(header::ACCEPT_ENCODING, "identity");
            if let Some(token) = &self.token
                && origin(&url) == origin(&self.endpoint)
            {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            if offset > 0 {
                request = request.header(header::RANGE, format!("bytes={offset}-"));
            }
            let answer = request.call().map_err(|error| self.unreachable(&url, &error))?;
            if !answer.status().is_redirection() {
                return Ok((answer, url));
            }
            let target = header(&answer, "location").and_then(|location| join(&url, location));
            let Some(target) = target else {
                return Err(self.astray(&url, "redirects to nowhere"));
            };
            if url.starts_with("https:") && !target.starts_with("https:") {
                return Err(self.astray(&url, "redirects from HTTPS to an unprotected address"));
            }
            url = target;
        }
        Err(self.astray(&url, "redirects again and again"))
    }

    fn astray(&self, url: &str, problem: &str) -> Failure {
        hub(&bare(url), problem, "check HF_ENDPOINT, or try another network").into()
    }

    fn unreachable(&self, url: &str, error: &ureq::Error) -> Failure {
        let told = format!("{}: {}", bare(url), self.told(error));
        match error {
            // What rustls says of certificates; it will not change.
            ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => {
                let remedy = "SSL_CERT_FILE names the certificates (PEM) of a proxy or mirror with an authority of \
                              its own; if there is none on the way, do not trust this server";
                hub(&bare(url), self.told(error), remedy).into()
            }
            ureq::Error::Io(_)
            | ureq::Error::Timeout(_)
            | ureq::Error::Protocol(_)
            | ureq::Error::ConnectionFailed => Failure::Broken(told),
            ureq::Error::HostNotFound => {
                let remedy = "check the network and HF_ENDPOINT; with HF_HUB_OFFLINE=1 only models already there are used";
                hub(&bare(url), "no such host, or no network", remedy).into()
            }
            _ => {
                let remedy = "check the network, HF_ENDPOINT and HTTPS_PROXY";
                hub(&bare(url), self.told(error), remedy).into()
            }
        }
    }

    /// An error of the network in words; addresses with signatures stay out of it.
    fn told(&self, error: &ureq::Error) -> String {
        match error {
            ureq::Error::Timeout(_) => "no answer in time".into(),
            ureq::Error::BodyExceedsLimit(_) => "the answer is far too long".into(),
            other => other.to_string(),
        }
    }

    fn nonsense(&self, model: &ModelSpec, problem: String) -> Error {
        let what = format!("{model} at {}", self.endpoint);
        hub(&what, problem, "check HF_ENDPOINT: is it a model hub, or a page that asks to log in?")
    }

    /// What an answer that gives nothing means.
    fn refusal(&self, answer: &Response<Body>, what: &str, repository: &RepoId) -> Failure {
        let status = answer.status();
        let code = header(answer, "x-error-code").unwrap_or_default();
        let page = format!("{}/{repository}", self.endpoint);
        let (problem, remedy) = match (status.as_u16(), code) {
            (_, "GatedRepo") => (
                "access to this model has to be asked for".to_owned(),
                format!("accept its terms at {page}, and set HF_TOKEN to a token of that account"),
            ),
            (_, "RevisionNotFound") => (
                "there is no such branch, tag or commit".to_owned(),
                format!("see {page}/tree/main for those there are"),
            ),
            (404, "EntryNotFound") => {
                ("the repository has no such file".to_owned(), format!("see {page}/tree/main"))
            }
            // The hub answers so for names that do not exist, too.
            (401, _) | (_, "RepoNotFound") if self.token.is_none() => (
                format!("no such repository at {}, or a private one", self.endpoint),
                "check the name (owner/name, letters' case counts), or set HF_TOKEN to a token that may read it"
                    .to_owned(),
            ),
            (401 | 403, _) => (
                format!("the hub refuses the access token (HTTP {status})"),
                "check HF_TOKEN, or unset it for public models".to_owned(),
            ),
            (404, _) => (
                format!("no such repository, revision or file at {}", self.endpoint),
                "check the name (owner/name, letters' case counts)".to_owned(),
            ),
            (408 | 429 | 500..=599, _) => return Failure::Broken(format!("the hub answers {status}")),
            _ => (format!("the hub answers {status}"), "try again later, or check HF_ENDPOINT".to_owned()),
        };
        hub(what, problem, remedy).into()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// An [`Error::Hub`].
pub(super) fn hub(what: &str, problem: impl Into<String>, remedy: impl Into<String>) -> Error {
    Error::Hub { what: what.to_owned(), problem: problem.into(), remedy: remedy.into() }
}

pub(super) fn header<'a>(answer: &'a Response<Body>, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

fn authorities(pem: &[u8]) -> Result<RootCerts> {
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    let remedy = "SSL_CERT_FILE takes a file of certificates in PEM form";
    for item in parse_pem(pem) {
        let item = item.map_err(|error| hub("the certificates", error.to_string(), remedy))?;
        if let PemItem::Certificate(certificate) = item {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(hub("the certificates", "there is none in the file", remedy));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

fn proxy(settings: &ProxySettings) -> Result<Proxy> {
    let wrong = |_| {
        hub(
            "the proxy",
            "its address is not understood",
            "HTTPS_PROXY takes one such as http://host:3128",
        )
    };
    let plain = Proxy::new(&settings.url).map_err(wrong)?;
    let mut builder = Proxy::builder(plain.protocol())
        .host(plain.host())
        .port(plain.port())
        .resolve_target(plain.resolve_target());
    if let Some(name) = plain.username() {
        builder = builder.username(name);
    }
    if let Some(password) = plain.password() {
        builder = builder.password(password);
    }
    for host in &settings.except {
        builder = builder.no_proxy(host);
    }
    builder.build().map_err(wrong)
}

/// Scheme, host and port of an address; `None` if it is no address of a web server.
fn origin(url: &str) -> Option<(String, String, u16)> {
    let uri: ureq::http::Uri = url.parse().ok()?;
    let scheme = uri.scheme_str()?.to_lowercase();
    let usual = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    Some((scheme, uri.host()?.to_lowercase(), uri.port_u16().unwrap_or(usual)))
}

/// The address that a `Location` or `Link` of an answer from `base` means.
fn join(base: &str, location: &str) -> Option<String> {
    if origin(location).is_some() {
        return Some(location.to_owned());
    }
    let (scheme, rest) = base.split_once("://")?;
    if let Some(elsewhere) = location.strip_prefix("//") {
        return Some(format!("{scheme}://{elsewhere}"));
    }
    let host = rest.split(['/', '?', '#']).next()?;
    location.starts_with('/').then(|| format!("{scheme}://{host}{location}"))
}

/// The address with `rel="next"` in a `Link` header.
fn next_page(link: &str) -> Option<String> {
    let entry = link.split(',').find(|entry| entry.contains("rel=\"next\""))?;
    let (_, rest) = entry.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}

/// An address for messages: without its query, where signatures of content networks stand.
fn bare(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or(url).to_owned()
}

fn quoted_path(path: &str) -> String {
    path.split('/').map(quoted).collect::<Vec<_>>().join("/")
}

/// Percent-encodes all but what may stand in a part of a path.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
