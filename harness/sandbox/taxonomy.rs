//! The terms by which plugins are put into categories.

use serde_json::{Value, json};

pub(crate) const WORKFLOW: &str = "Workflow step";
pub(crate) const MODALITY: &str = "Image modality";
pub(crate) const DATA: &str = "Supported data";

const STEPS: &[&str] = &[
    "Object tracking",
    "Visualisation",
    "Image registration",
    "Object measurement",
    "Annotation",
    "Image enhancement",
    "Segmentation",
    "Classification",
    "Conversion",
    "Deconvolution",
    "Synthesis",
    "Reconstruction",
];
const MANNERS: &[&str] = &["Interactive", "Automatic", "Learned", "Tiled", "Batch"];
pub(crate) const MODALITIES: &[&str] = &[
    "Bright-field",
    "Fluorescence",
    "Confocal",
    "Light-sheet",
    "Electron",
    "X-ray",
    "Super-resolution",
    "Phase",
    "Mass imaging",
    "Medical",
];
const SETTINGS: &[&str] = &["Live", "Fixed", "Cleared", "Correlative"];
pub(crate) const DATA_KINDS: &[&str] = &["2D", "3D", "Multi-channel", "Time series", "Table"];

/// A term, where it stands, and since which edition of the terms.
#[derive(Debug)]
pub(crate) struct Term {
    name: String,
    dimension: &'static str,
    hierarchy: Vec<String>,
    since: u8,
}

/// All terms there have ever been, more than 125.
pub(crate) fn terms() -> Vec<Term> {
    let mut terms = Vec::new();
    let mut add = |dimension, hierarchy: Vec<String>, since| {
        terms.push(Term { name: hierarchy.last().cloned().unwrap_or_default(), dimension, hierarchy, since });
    };
    for step in STEPS {
        add(WORKFLOW, vec![(*step).to_owned()], 0);
        for manner in MANNERS {
            add(WORKFLOW, vec![(*step).to_owned(), format!("{manner} {}", step.to_lowercase())], 0);
        }
    }
    for modality in MODALITIES {
        add(MODALITY, vec![(*modality).to_owned()], 0);
        for setting in SETTINGS {
            add(MODALITY, vec![(*modality).to_owned(), format!("{setting} {} imaging", modality.to_lowercase())], 0);
        }
    }
    for kind in DATA_KINDS {
        add(DATA, vec![(*kind).to_owned()], 0);
    }
    // A term may stand in several places.
    add(MODALITY, vec!["Mass imaging".into(), "Segmentation".into()], 0);
    add(WORKFLOW, vec!["Spectral unmixing".into()], 1);
    add(WORKFLOW, vec!["Quality control".into()], 2);
    terms
}

impl Term {
    fn object(&self) -> Value {
        json!({"dimension": self.dimension, "hierarchy": self.hierarchy, "label": self.hierarchy.first()})
    }
}

/// The body of `/categories` in an edition: term → where it stands.
pub(crate) fn all(terms: &[Term], edition: u8) -> Value {
    let mut body = serde_json::Map::new();
    for term in terms.iter().filter(|term| term.since <= edition) {
        let places = body.entry(term.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(places) = places {
            places.push(term.object());
        }
    }
    Value::Object(body)
}

/// The body of `/categories/<name>`: where the term stands, nothing if it is unknown.
pub(crate) fn one(terms: &[Term], edition: u8, name: &str) -> Value {
    let wanted = slug(name);
    terms.iter().filter(|term| term.since <= edition && slug(&term.name) == wanted).map(Term::object).collect()
}

/// The label of a dimension with its refinements, as `category_hierarchy` has it.
pub(crate) fn hierarchy(terms: &[Term], dimension: &str, labels: &[&str]) -> Vec<Vec<String>> {
    let below = |term: &&Term| term.dimension == dimension && term.hierarchy.first().is_some_and(|label| labels.contains(&label.as_str()));
    terms.iter().filter(below).take(6).map(|term| term.hierarchy.clone()).collect()
}

/// Lower case, everything but letters and digits folded to one hyphen.
fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_more_than_125_terms_and_each_edition_adds_one() {
        let terms = terms();
        let count = |edition| all(&terms, edition).as_object().unwrap().len();
        assert!(count(0) > 125, "{}", count(0));
        assert_eq!([count(1), count(2)], [count(0) + 1, count(0) + 2]);
    }

    #[test]
    fn a_term_is_found_whatever_its_case_and_spaces() {
        let terms = terms();
        let expected = json!([{"dimension": WORKFLOW, "hierarchy": ["Image registration"], "label": "Image registration"}]);
        for name in ["image-registration", "Image Registration", "IMAGE  registration"] {
            assert_eq!(one(&terms, 1, name), expected);
        }
        assert_eq!(one(&terms, 1, "segmentation").as_array().unwrap().len(), 2);
        assert_eq!(one(&terms, 1, "quality-control"), json!([]));
    }
}
