//! Every form that a page shows is one that the server reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use podside_model::Lang;
use podside_model::form::{
    AnswerForm, FoundRemovalForm, HistorySearch, LinkForm, NoteForm, ProblemLinkForm, ReturnForm,
    RevocationForm, RunForm, StartForm, WalkForm,
};
use scraper::{ElementRef, Html, Selector};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fixture::Answers;
use crate::kept::Kept;
use crate::render::render;
use crate::sources::sources;

/// A form as a browser would send it that changes nothing on the page.
struct Shown {
    method: String,
    action: String,
    fields: Vec<(String, String)>,
}

fn select(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

fn shown(form: ElementRef<'_>) -> Shown {
    let attribute = |name: &str| form.value().attr(name).unwrap_or_default().to_owned();
    let mut fields = Vec::new();
    let mut pressed = false;
    for element in form.select(&select("input, textarea, select, button")) {
        let value = element.value();
        let Some(name) = value.attr("name") else {
            continue;
        };
        let sent = match (value.name(), value.attr("type")) {
            ("input", Some("radio")) if value.attr("checked").is_none() => continue,
            ("button", _) if std::mem::replace(&mut pressed, true) => continue,
            ("textarea", _) => "a note",
            ("select", _) => {
                let first = element.select(&select("option")).next().unwrap();
                first.value().attr("value").unwrap()
            }
            _ => value.attr("value").unwrap_or_default(),
        };
        fields.push((name.to_owned(), sent.to_owned()));
    }
    Shown {
        method: attribute("method"),
        action: attribute("action"),
        fields,
    }
}

/// Reads what a form sends, and sees that nothing of it is left out.
fn reads<T: DeserializeOwned + Serialize>(shown: &Shown) {
    let sent = serde_urlencoded::to_string(&shown.fields).unwrap();
    let form: T = serde_urlencoded::from_str(&sent)
        .unwrap_or_else(|error| panic!("{}: {error} in {sent}", shown.action));
    let known = serde_json::to_value(form).unwrap();
    let known: BTreeSet<&String> = known.as_object().unwrap().keys().collect();
    for (name, _) in &shown.fields {
        assert!(known.contains(name), "{}: {name} is not read", shown.action);
    }
}

/// Which struct the server reads at an action; its place stands in the query.
fn reader(shown: &Shown) -> (&'static str, fn(&Shown)) {
    let path = shown.action.split('?').next().unwrap();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["investigations"] => ("start", reads::<StartForm>),
        ["investigations", _, "answers"] => ("answer", reads::<AnswerForm>),
        ["investigations", _, "returns"] => ("return", reads::<ReturnForm>),
        ["investigations", _, "walk"] => ("walk", reads::<WalkForm>),
        ["investigations", _, "runs"] => ("run", reads::<RunForm>),
        ["investigations", _, "notes"] => ("note", reads::<NoteForm>),
        ["investigations", _, "shares"] => ("link", reads::<LinkForm>),
        ["problems", "shares"] => ("problem link", reads::<ProblemLinkForm>),
        ["shares", _, "revocation"] => ("revocation", reads::<RevocationForm>),
        // It sends nothing beside its address.
        ["leftovers", _, "removal"] => ("removal", |shown| assert!(shown.fields.is_empty())),
        ["leftovers", "removal"] => ("found removal", reads::<FoundRemovalForm>),
        other => panic!("no form goes to {other:?}"),
    }
}

#[tokio::test]
async fn every_form_of_every_page_is_read_by_the_server() {
    let problem = "/problems/pvc-unbound/PersistentVolumeClaim/retail/data-postgres-0";
    let share = format!("{problem}/share?namespace=retail");
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for address in [
        "/",
        problem,
        &share,
        "/objects/Pod/orders/worker",
        "/logs?namespace=retail",
        "/runbooks/service?kind=Service&in=shop&name=cart",
        "/investigations/7?tree=all",
        "/investigations/7/share",
        "/investigations/7/links",
        "/history?words=cart",
        "/leftovers",
    ] {
        for kept in [
            Kept::Walking,
            Kept::Asking,
            Kept::Testing,
            Kept::Concluded,
            Kept::Problem,
        ] {
            let page = render("forms", address, Lang::En, Answers::keeping(kept)).await;
            let document = Html::parse_document(&page.html);
            for form in document.select(&select("form")) {
                let shown = shown(form);
                match shown.method.as_str() {
                    "post" => {
                        let (name, read) = reader(&shown);
                        read(&shown);
                        *found.entry(name).or_default() += 1;
                    }
                    "get" if shown.action == "/history" => {
                        let words = shown.fields.iter().find(|(name, _)| name == "words");
                        reads::<HistorySearch>(&Shown {
                            fields: words.cloned().into_iter().collect(),
                            ..shown
                        });
                        *found.entry("search").or_default() += 1;
                    }
                    "get" | "dialog" => {}
                    other => panic!("a form of {address} is sent by {other:?}"),
                }
            }
        }
    }
    let all = [
        "answer",
        "found removal",
        "link",
        "note",
        "problem link",
        "removal",
        "return",
        "revocation",
        "run",
        "search",
        "start",
        "walk",
    ];
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), all);
}

/// The names of fields stand in the forms' structs alone.
#[test]
fn no_page_writes_the_name_of_a_field_by_hand() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    assert!(files.len() > 50, "{} files", files.len());
    for path in files {
        let source = std::fs::read_to_string(&path).unwrap();
        for line in source.lines() {
            let named = format!(" {}", line.trim()).contains(" name=\"");
            let is_a_field = !line.contains("<meta") && !line.contains("<details");
            assert!(!(named && is_a_field), "{}: {line}", path.display());
        }
    }
}
