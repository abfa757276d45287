//! What a caller says about the hub and the way to it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Where the hub is, where its files are kept, and how patient to be.
#[derive(Clone)]
pub struct HubSettings {
    /// Address of the hub, without a slash at the end: `https://huggingface.co` or a mirror.
    pub endpoint: String,
    /// Access token, for models that need one. It is sent to `endpoint` and to no other host.
    pub token: Option<String>,
    /// The hub's cache folder, which holds `models--owner--name`.
    pub cache: PathBuf,
    /// Use what is in the cache, and no network.
    pub offline: bool,
    /// How long to wait for the network.
    pub timeouts: Timeouts,
    /// How often to try again when a connection breaks and nothing more has come since.
    pub retries: u32,
    /// Pause before the first new try; each later one is twice as long.
    pub pause: Duration,
    /// A proxy on the way.
    pub proxy: Option<ProxySettings>,
    /// Certificates (PEM) of the authorities to trust, in place of those compiled in.
    pub authorities: Option<Vec<u8>>,
}

/// How long to wait before a connection counts as broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For an answer to a request.
    pub response: Duration,
    /// For the next bytes of a file.
    pub stall: Duration,
}

impl Timeouts {
    /// The same for all three.
    pub fn all(timeout: Duration) -> Timeouts {
        Timeouts { connect: timeout, response: timeout, stall: timeout }
    }
}

/// A proxy, and the hosts that are reached without it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxySettings {
    /// Its address: `http://host:port`, with name and password if it needs them.
    pub url: String,
    /// Hosts reached directly: `localhost`, `.example.org`, `*`.
    pub except: Vec<String>,
}

impl HubSettings {
    /// The public hub, without a token, patient for half a minute.
    pub fn new(cache: PathBuf) -> HubSettings {
        HubSettings {
            endpoint: super::DEFAULT_ENDPOINT.to_owned(),
            token: None,
            cache,
            offline: false,
            timeouts: Timeouts::all(Duration::from_secs(30)),
            retries: 4,
            pause: Duration::from_secs(1),
            proxy: None,
            authorities: None,
        }
    }
}

/// Leaves out what is secret: the token, and a proxy's password.
impl fmt::Debug for HubSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSettings")
            .field("endpoint", &self.endpoint)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("cache", &self.cache)
            .field("offline", &self.offline)
            .field("timeouts", &self.timeouts)
            .field("retries", &self.retries)
            .field("proxy", &self.proxy.as_ref().map(|_| "…"))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxySettings").field("except", &self.except).finish_non_exhaustive()
    }
}
