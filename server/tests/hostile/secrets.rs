//! Secrets in every text of a cluster: on no page, in no link, in no report; but for a
//! viewer of the cluster who asks to see them.

use std::process::Command;

use crate::portal::{Hostile, cluster_of, encoded};
use crate::recording::{kept, with_text};
use crate::sharing::{FORM, dialog_on, link, sent};

/// What asks a page to show secrets.
const ASKED: &str = "secrets=shown";

/// Secrets as programs write them, each with what stands before and after it. They are put
/// together here, so that nobody who looks for secrets in sources takes them for real.
fn secrets() -> Vec<(&'static str, String, &'static str)> {
    let letters = "q7Rk2Vw9Zt4Xb6Nc1Mf8Hs3Jd5Lg0Pa7Ye2Uu9Qi4Wo6";
    let of = |from: usize, length: usize| &letters[from..from + length];
    vec![
        (" password=", of(0, 14).to_owned(), ""),
        (" postgres://app:", of(3, 12).to_owned(), "@db:5432/shop"),
        (" Authorization: Bearer ", of(5, 30).to_owned(), ""),
        (" token ", format!("gh{}_{}", "p", of(2, 36)), ""),
        (
            " using ",
            format!("AK{}{}", "IA", "Q7RK2VW6ZT4XB6NC"),
            " as key",
        ),
        (" key ", format!("AI{}{}", "zaSy", of(1, 33)), ""),
        (" vault ", format!("hv{}{}", "s.", of(4, 28)), ""),
        (" {\"apiKey\":\"", of(7, 24).to_owned(), "\"}"),
        (
            " jwt ",
            format!(
                "ey{}.ey{}.{}",
                "JhbGciOiJIUzI1NiJ9",
                "JzdWIiOiJzaG9wIn0",
                of(9, 22)
            ),
            "",
        ),
        (" --redis-pass=", of(8, 16).to_owned(), ""),
        (" AccountKey=", format!("{}==", of(0, 42)), ";"),
        (" https://", of(11, 20).to_owned(), "@git.example/x.git"),
    ]
}

fn text() -> String {
    let all = secrets();
    let all = all
        .iter()
        .map(|(before, secret, after)| format!("{before}{secret}{after}"));
    all.collect()
}

/// Panics if any of the secrets stands in an answer, whole or by its greater part.
#[track_caller]
fn is_hidden(what: &str, answer: &str) {
    for (_, secret, _) in secrets() {
        let part = &secret[..secret.len() * 2 / 3];
        if let Some(at) = answer.find(part) {
            let from = answer[..at]
                .char_indices()
                .rev()
                .nth(80)
                .map_or(0, |(at, _)| at);
            panic!("{what} tells {secret}: {}", &answer[from..at + part.len()]);
        }
    }
}

#[test]
fn no_page_and_no_link_tells_a_secret() {
    let portal = Hostile::on(vec![(with_text(&text()), "told".to_owned())]);
    let cluster = portal.clusters[0].clone();
    let pages = portal.pages(&cluster);
    let mut hiding = 0;
    for (address, page) in pages.values().flatten() {
        if !address.contains(ASKED) {
            is_hidden(address, &page.body);
            hiding += usize::from(page.body.contains("hidden: "));
        }
    }
    assert!(
        hiding > 10,
        "{hiding} of {} pages hide something",
        pages.len()
    );

    let front = portal.judged(&cluster);
    let problem = front
        .links()
        .into_iter()
        .find(|it| it.starts_with("/problems/") && cluster_of(it).as_ref() == Some(&cluster));
    let frozen = link(&portal, &dialog_on(&problem.unwrap()), &[]);
    let note = sent(&[("text", &format!("it says{}", text())), ("after", "1")]);
    let noted = portal.ask("POST", "/investigations/1/notes", FORM, &note);
    assert_eq!(noted.status, 303, "{}", noted.body);
    let live = link(
        &portal,
        &dialog_on("/investigations/1"),
        &[("scope", "live")],
    );
    for address in [&frozen, &live] {
        for address in [
            address.clone(),
            format!("{address}?{ASKED}"),
            format!("{address}/markdown"),
        ] {
            let answer = portal.get(&address);
            assert_eq!(answer.status, 200, "{address}");
            is_hidden(&address, &answer.body);
            // The note is full of them; a problem need not quote any.
            let hides = answer.body.contains("hidden: ");
            assert!(hides || !address.starts_with(&live), "{address}");
        }
    }
    for address in [
        "/history",
        "/history.csv",
        "/investigations/1",
        "/investigations/1/links",
    ] {
        is_hidden(address, &portal.get(address).body);
    }
}

#[test]
fn who_may_see_the_cluster_may_ask_to_see_them() {
    let portal = Hostile::on(vec![(with_text(&text()), "told".to_owned())]);
    let cluster = portal.clusters[0].clone();
    let of_events = |it: &&String| it.starts_with("/objects/Pod/") && it.contains("tab=events");
    let pages = portal.pages(&cluster);
    let pages = pages.values().flatten().map(|(address, _)| address);
    let events: Vec<&String> = pages.filter(of_events).collect();
    let shown = events.iter().any(|address| {
        let page = portal.get(&format!("{address}&{ASKED}"));
        page.body.contains(&secrets()[0].1)
    });
    assert!(shown, "{events:?}");
}

#[test]
fn no_report_tells_a_secret() {
    let home = tempfile::tempdir().unwrap();
    let recording = kept(&with_text(&text()), home.path(), "told");
    for form in ["text", "json", "markdown"] {
        for lang in ["en", "ja"] {
            let output = Command::new(env!("CARGO_BIN_EXE_podside"))
                .args(["diagnose", "-A", "-o", form, "--lang", lang, "--replay"])
                .arg(&recording)
                .env("HOME", home.path())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{form}: {said}");
            is_hidden(form, &said);
            is_hidden(form, &String::from_utf8_lossy(&output.stderr));
            assert!(
                said.contains("hidden: password #1"),
                "{form} in {lang}: {said}"
            );
        }
    }
}

#[test]
fn no_stream_and_no_file_of_a_log_tells_a_secret_unasked() {
    let portal = Hostile::on(vec![(with_text(&text()), "told".to_owned())]);
    let cluster = portal.clusters[0].clone();
    let pages = portal.pages(&cluster);
    let mut files = pages
        .values()
        .flatten()
        .flat_map(|(_, page)| page.links())
        .filter(|it| it.starts_with("/streams/logs.txt") && !it.contains(ASKED));
    let told = files.any(|address| {
        let file = portal.get(&address);
        is_hidden(&address, &file.body);
        let asked = portal.get(&format!("{address}&{ASKED}"));
        file.body.contains("hidden: ") && asked.body.contains(&secrets()[0].1)
    });
    assert!(told, "no file of a log was found in {}", encoded(&cluster));
}
