//! The models that ship with the program, unpacked when a language is first met.

use std::sync::OnceLock;

use super::model::Model;

/// Code and file of every model in models/syntax, listed by build.rs.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/syntax_models.rs"));

/// The models that were unpacked, in the order of the files.
static MODELS: [OnceLock<Option<Model>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

/// The languages that have a model.
pub fn codes() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(code, _)| *code)
}

/// Whether a BCP 47 code has a model; the model is not unpacked for it.
pub fn has_model(code: &str) -> bool {
    position(code).is_some()
}

fn position(code: &str) -> Option<usize> {
    let primary = code.split(['-', '_']).next().unwrap_or(code);
    FILES.iter().position(|(known, _)| *known == primary)
}

/// The model of a BCP 47 code; regional codes ("fr-CA") fall back on their language.
pub fn model(code: &str) -> Option<&'static Model> {
    let at = position(code)?;
    let (code, bytes) = FILES[at];
    // The crate's tests open every model, so that none is damaged here.
    MODELS[at]
        .get_or_init(|| Model::read(&format!("models/syntax/{code}.bin"), bytes).ok())
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_that_ships_opens() {
        for code in codes() {
            let model =
                model(code).unwrap_or_else(|| panic!("models/syntax/{code}.bin is damaged"));
            assert!(model.sizes().iter().all(|&rows| rows > 0), "{code}");
        }
    }

    #[test]
    fn a_regional_code_has_its_languages_model() {
        for code in codes() {
            assert!(has_model(&format!("{code}-XX")));
        }
        assert!(!has_model("tlh"));
    }
}
