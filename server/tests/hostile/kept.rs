//! What forms bring in and what is kept: investigations, notes, links, and the files made
//! of them.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

use crate::answer::Answer;
use crate::portal::{Hostile, cluster_of, encoded};
use crate::sharing::{FORM, dialog_on, link, sent};
use crate::text::{hostile, unseen_in};

const BROWSER: &str =
    "Content-Type: application/x-www-form-urlencoded\r\nAccept: text/html,*/*\r\n";

/// How many problems are shared.
const SHARED: usize = 3;

/// Panics if anything in a Markdown text is a link, an image, HTML or mathematics to
/// GitHub.
#[track_caller]
pub(crate) fn is_plain_markdown(text: &str) {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    options.extension.math_dollars = true;
    options.extension.footnotes = true;
    let arena = Arena::new();
    for node in parse_document(&arena, text, &options).descendants() {
        let value = &node.data.borrow().value;
        let is_own = |html: &str| matches!(html, "<sub>" | "</sub>");
        let harmful = match value {
            NodeValue::Link(_)
            | NodeValue::Image(_)
            | NodeValue::Math(_)
            | NodeValue::Table(_)
            | NodeValue::FootnoteReference(_) => true,
            NodeValue::HtmlInline(html) => !is_own(html),
            NodeValue::HtmlBlock(block) => !block.literal.starts_with("<sub>"),
            NodeValue::CodeBlock(block) => !matches!(block.info.as_str(), "text" | "sh"),
            _ => false,
        };
        assert!(!harmful, "{value:?} in\n{text}");
    }
}

#[test]
fn nothing_that_is_kept_is_more_than_text() {
    let hostile_portal = Hostile::with_texts();
    let (text, cluster) = (hostile(), hostile_portal.clusters[0].clone());
    let front = hostile_portal.judged(&cluster);
    let is_problem = |it: &&String| {
        it.starts_with("/problems/") && cluster_of(it).as_deref() == Some(cluster.as_str())
    };
    let problems: Vec<String> = front.links().iter().filter(is_problem).cloned().collect();
    let mut shared: Vec<String> = problems
        .iter()
        .take(SHARED)
        .map(|problem| link(&hostile_portal, &dialog_on(problem), &[]))
        .collect();
    let note = sent(&[("text", &text), ("step", &text), ("after", "1")]);
    let noted = hostile_portal.ask("POST", "/investigations/1/notes", FORM, &note);
    assert_eq!(noted.status, 303, "{}", noted.body);
    let live = [("scope", "live")];
    shared.push(link(
        &hostile_portal,
        &dialog_on("/investigations/1"),
        &live,
    ));

    for address in &shared {
        hostile_portal.get(address).is_legible(address);
        let file = hostile_portal.get(&format!("{address}/markdown"));
        assert_eq!(file.status, 200);
        file.is_legible(address);
        is_plain_markdown(&file.body);
    }
    for number in 1..=problems.len().min(SHARED) {
        let address = format!("/investigations/{number}");
        hostile_portal.get(&address).is_legible(&address);
    }
    let history = hostile_portal.get("/history");
    history.is_legible("/history");
    is_plain_table(
        &hostile_portal.get("/history.csv"),
        problems.len().min(SHARED),
    );
    refused_forms(&hostile_portal, &text);
    answers_of_functions(&hostile_portal, &cluster, &text);
}

/// Every row has every column, and no cell is a formula wherever a spreadsheet may see
/// one begin.
fn is_plain_table(file: &Answer, rows: usize) {
    file.is_legible("/history.csv");
    let mut table = csv::Reader::from_reader(file.body.as_bytes());
    let mut count = 0;
    for row in table.records() {
        let row = row.unwrap();
        assert_eq!(row.len(), 12);
        for cell in row.iter().flat_map(|cell| cell.split([';', '\t', '\n'])) {
            assert!(
                !cell.trim_start().starts_with(['=', '+', '-', '@']),
                "{cell}"
            );
        }
        count += 1;
    }
    assert_eq!(count, rows);
}

/// A form that is refused says what it brought.
fn refused_forms(portal: &Hostile, text: &str) {
    for (form, fields) in [
        ("/problems/shares", vec![("cause", text), ("subject", text)]),
        (
            "/problems/shares",
            vec![
                ("cause", "oom-killed"),
                ("subject", "Pod/a/b"),
                ("cluster", text),
            ],
        ),
        (
            "/investigations",
            vec![("runbook", text), ("target", "Pod/a/b")],
        ),
        (
            "/investigations",
            vec![("runbook", "pod"), ("target", "<b data-evil>\u{202e}/a/b")],
        ),
        (
            "/investigations",
            vec![
                ("runbook", "pod"),
                ("target", "Pod/a/<b data-evil>\u{202e}\u{200b}"),
            ],
        ),
        (
            "/investigations/1/answers",
            vec![("answer", text), ("step", text)],
        ),
        (
            "/investigations/1/returns",
            vec![("after", "1"), ("step", text)],
        ),
        ("/investigations/999/notes", vec![("text", text)]),
    ] {
        let body = sent(&fields);
        let referer = format!(
            "Referer: http://localhost/logs?namespace={}\r\n",
            encoded(text)
        );
        for headers in [FORM, BROWSER, &format!("{BROWSER}{referer}")] {
            let answer = portal.ask("POST", form, headers, &body);
            answer.is_legible(form);
        }
    }
}

/// The answers of the functions that a browser calls, right and wrong.
fn answers_of_functions(portal: &Hostile, cluster: &str, text: &str) {
    let json = "Content-Type: application/json\r\n";
    let place =
        |namespace: Option<&str>| serde_json::json!({"cluster": cluster, "namespace": namespace});
    let nowhere = serde_json::json!({"cluster": text, "namespace": null});
    let object = serde_json::json!({"kind": text, "namespace": "a", "name": text});
    let ask = serde_json::json!({"namespace": text, "targets": [text], "container": text, "run": "Current", "since": null});
    for (function, arguments) in [
        (
            "triage",
            serde_json::json!({"lang": "en", "place": place(None)}),
        ),
        (
            "triage",
            serde_json::json!({"lang": "ja", "place": place(Some(text))}),
        ),
        (
            "triage",
            serde_json::json!({"lang": "en", "place": nowhere}),
        ),
        (
            "triage",
            serde_json::json!({"lang": text, "place": nowhere}),
        ),
        ("triage", serde_json::json!({text: text})),
        (
            "problem",
            serde_json::json!({"lang": "en", "place": place(None), "id": {"cause": "oom-killed", "subject": object}, "show": null}),
        ),
        (
            "resource",
            serde_json::json!({"lang": "en", "place": place(None), "object": object, "view": "Overview"}),
        ),
        (
            "logs",
            serde_json::json!({"lang": "en", "place": place(None), "ask": ask}),
        ),
        (
            "runbook",
            serde_json::json!({"lang": "en", "place": place(None), "id": text, "target": object}),
        ),
        (
            "runbooks",
            serde_json::json!({"lang": "en", "place": place(Some(text))}),
        ),
        (
            "history",
            serde_json::json!({"lang": "en", "place": place(None), "words": text, "before": null}),
        ),
        (
            "leftovers",
            serde_json::json!({"lang": "en", "place": place(Some(text))}),
        ),
        ("investigation", serde_json::json!({"lang": "en", "id": 1})),
        ("shared", serde_json::json!({"lang": "en", "token": text})),
    ] {
        let answer = portal.ask(
            "POST",
            &format!("/api/{function}"),
            json,
            &arguments.to_string(),
        );
        answer.is_legible(function);
        if let Ok(said) = serde_json::from_str(&answer.body) {
            crate::answer::texts(&said, &mut |text| {
                assert_eq!(unseen_in(text), None, "{function}: {text}");
            });
        }
    }
}
