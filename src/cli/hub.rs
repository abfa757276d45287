//! What the environment says of the model hub, and how a word after `--model` becomes a folder.
//!
//! The variables are those of Python's `huggingface_hub`, with the same meaning, so that both share one cache.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use crossclaim::hub::{Cache, Manifest, ModelSpec};
use crossclaim::nli::ModelOptions;

use super::tell;

/// Where models get their names from.
#[derive(Debug, Args)]
pub(crate) struct ManifestArgs {
    /// Manifest of models that adds to the built-in one and to models.toml of the configuration folder.
    #[arg(long, value_name = "FILE", global = true)]
    manifest: Option<PathBuf>,
}

impl ManifestArgs {
    /// The built-in manifest, the user's, and the one given.
    pub(crate) fn read(&self) -> anyhow::Result<Manifest> {
        let mut manifest = Manifest::builtin()?;
        let own = config_folder().map(|folder| folder.join("models.toml"));
        if let Some(own) = own.filter(|path| path.exists()) {
            manifest.extend_from(&own)?;
        }
        if let Some(path) = &self.manifest {
            manifest.extend_from(path)?;
        }
        Ok(manifest)
    }

    /// The folder of a model, given as a folder or as the name of one that was pulled, and what the manifest adds
    /// to what its files say. Never downloads.
    pub(crate) fn locate(&self, model: &str) -> anyhow::Result<(PathBuf, ModelOptions)> {
        let folder = PathBuf::from(model);
        if folder.exists() {
            return Ok((folder, ModelOptions::default()));
        }
        let manifest = self.read()?;
        let spec = match manifest.resolve(model) {
            Ok(spec) => spec,
            Err(why) => bail!("model {model}: no such folder, and {why}"),
        };
        let cache = cache()?;
        let Some(pulled) = cache.find(&spec)? else {
            let there = cache.root().join(spec.repository.cache_folder()).is_dir();
            let state = if there { "was not pulled whole" } else { "was not pulled" };
            bail!(
                "model {model}: no such folder, and the model of that name {state}; `crossclaim models pull {model}` downloads it"
            );
        };
        if let Some((file, damage)) = pulled.receipt.present(&pulled.folder).first() {
            bail!(
                "model {model}: {} {damage}; `crossclaim models pull {model}` mends it",
                file.path
            );
        }
        if !["crossclaim.json", "calibration.json"]
            .iter()
            .any(|name| pulled.folder.join(name).exists())
        {
            tell(format_args!(
                "note: {model} has no calibration for crossclaim: its scores are used as they are, with weights that were \
                 fitted beside the built-in model (docs/models.md)"
            ));
        }
        let entry = manifest.get(&spec.name).or_else(|| manifest.of_repository(&spec.repository));
        let languages = entry.map(|entry| entry.languages.clone()).unwrap_or_default();
        let options =
            ModelOptions { name: Some(spec.to_string()), languages, ..ModelOptions::default() };
        Ok((pulled.folder, options))
    }
}

/// What a word names, or an error that begins with it.
pub(crate) fn resolve(manifest: &Manifest, word: &str) -> anyhow::Result<ModelSpec> {
    manifest.resolve(word).map_err(|why| anyhow!("{word}: {why}"))
}

/// The hub's cache: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else the user's cache folder.
pub(crate) fn cache() -> anyhow::Result<Cache> {
    let own = variable("HF_HUB_CACHE").or_else(|| variable("HUGGINGFACE_HUB_CACHE"));
    let folder = match own {
        Some(folder) => expanded(&folder),
        None => home_of_hub()?.join("hub"),
    };
    Ok(Cache::new(folder))
}

fn home_of_hub() -> anyhow::Result<PathBuf> {
    if let Some(folder) = variable("HF_HOME") {
        return Ok(expanded(&folder));
    }
    let caches = match variable("XDG_CACHE_HOME") {
        Some(folder) => expanded(&folder),
        None => env::home_dir()
            .context("there is no home folder; set HF_HOME to a folder for models")?
            .join(".cache"),
    };
    Ok(caches.join("huggingface"))
}

fn config_folder() -> Option<PathBuf> {
    let folder = if cfg!(windows) {
        variable("APPDATA").map(PathBuf::from)?
    } else {
        match variable("XDG_CONFIG_HOME") {
            Some(folder) => PathBuf::from(folder),
            None => env::home_dir()?.join(".config"),
        }
    };
    Some(folder.join("crossclaim"))
}

/// An environment variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// `~` at the beginning stands for the home folder, as in Python.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~"), env::home_dir()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            home.join(rest.trim_start_matches('/'))
        }
        _ => Path::new(path).to_path_buf(),
    }
}

#[cfg(feature = "download")]
mod network {
    use std::fs;
    use std::path::PathBuf;
    use std::time::Duration;

    use anyhow::{Context, bail};
    use crossclaim::hub::{HubSettings, ProxySettings, Timeouts};

    use super::{cache, expanded, home_of_hub, variable};

    /// Where the hub is and how it is reached.
    pub(crate) fn settings() -> anyhow::Result<HubSettings> {
        let mut settings = HubSettings::new(cache()?.root().to_path_buf());
        if let Some(endpoint) = variable("HF_ENDPOINT") {
            settings.endpoint = endpoint.trim().trim_end_matches('/').to_owned();
        }
        settings.offline = truth("HF_HUB_OFFLINE") || truth("TRANSFORMERS_OFFLINE");
        settings.token = token()?;
        if let Some(seconds) = variable("HF_HUB_DOWNLOAD_TIMEOUT") {
            match seconds.trim().parse() {
                Ok(seconds) if seconds > 0 => {
                    settings.timeouts = Timeouts::all(Duration::from_secs(seconds))
                }
                _ => bail!("HF_HUB_DOWNLOAD_TIMEOUT is {seconds:?}; give whole seconds"),
            }
        }
        settings.proxy = proxy(&settings.endpoint);
        if let Some(file) = variable("SSL_CERT_FILE") {
            let pem =
                fs::read(&file).with_context(|| format!("{file}: cannot read SSL_CERT_FILE"))?;
            settings.authorities = Some(pem);
        }
        Ok(settings)
    }

    /// `HF_TOKEN`, else what `hf auth login` wrote.
    fn token() -> anyhow::Result<Option<String>> {
        if let Some(token) = variable("HF_TOKEN").or_else(|| variable("HUGGING_FACE_HUB_TOKEN")) {
            return Ok(Some(token.trim().to_owned()));
        }
        if truth("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
            return Ok(None);
        }
        let path: PathBuf = match variable("HF_TOKEN_PATH") {
            Some(path) => expanded(&path),
            None => home_of_hub()?.join("token"),
        };
        match fs::read_to_string(&path) {
            Ok(token) => Ok(Some(token.trim().to_owned()).filter(|token| !token.is_empty())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error)
                .with_context(|| format!("{}: cannot read the access token", path.display())),
        }
    }

    fn proxy(endpoint: &str) -> Option<ProxySettings> {
        let either = |name: &str| variable(name).or_else(|| variable(&name.to_lowercase()));
        let own = if endpoint.starts_with("http:") { "HTTP_PROXY" } else { "HTTPS_PROXY" };
        let url = either(own).or_else(|| either("ALL_PROXY"))?;
        let except = either("NO_PROXY").unwrap_or_default();
        let except = except.split(',').map(str::trim).filter(|host| !host.is_empty());
        Some(ProxySettings {
            url: url.trim().to_owned(),
            except: except.map(str::to_owned).collect(),
        })
    }

    fn truth(name: &str) -> bool {
        variable(name).is_some_and(|value| {
            ["1", "on", "yes", "true"].contains(&value.trim().to_lowercase().as_str())
        })
    }
}

#[cfg(feature = "download")]
pub(crate) use network::settings;
