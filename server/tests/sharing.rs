//! Links from the first look to their end: nothing is kept by looking, one form makes one
//! link, its token is shown once and nowhere else, and what is dead stays dead.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod serving;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serving::{Serving, serve};

const PROBLEM: &str = "/problems/secret-missing/Deployment/marketplace/payouts";

fn get(serving: &Serving, path: &str) -> String {
    let answer = serving.get(path);
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    answer
}

/// Sends a form as a browser does, or as a script.
fn post(serving: &Serving, path: &str, form: &str, is_browser: bool) -> String {
    let accept = if is_browser {
        "Accept: text/html,*/*\r\n"
    } else {
        ""
    };
    serving.ask(&format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n{accept}\
         Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    ))
}

/// The value of a field that a form sends along.
fn field(page: &str, name: &str) -> String {
    let named = format!("name=\"{name}\" value=\"");
    let rest = page.split(&named).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The dialog on a problem of the practice cluster, as soon as the problem is found.
fn dialog(serving: &Serving) -> String {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let page = serving.get(&format!("{PROBLEM}/share"));
        if page.starts_with("HTTP/1.1 200") {
            return page;
        }
        assert!(Instant::now() < until, "{page}");
        sleep(Duration::from_millis(200));
    }
}

/// What the form of the dialog sends.
fn filled_in(dialog: &str) -> String {
    let sent = ["form", "seen", "cause", "subject", "cluster"];
    let pairs = sent.map(|name| format!("{name}={}", field(dialog, name)));
    format!("{}&scope=frozen&days=7", pairs.join("&"))
}

/// The part of the link after `/shared/`, as it stands in an answer.
fn token(answer: &str) -> String {
    let rest = answer.split("http://localhost/shared/").nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no link in {answer}"));
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
    rest[..end.unwrap_or(rest.len())].to_owned()
}

fn kept(serving: &Serving) -> usize {
    let file = get(serving, "/history.csv");
    let body = file.split("\r\n\r\n").nth(1).unwrap();
    // Below the names of the columns.
    body.lines().count() - 1
}

#[test]
fn looking_keeps_nothing_and_one_form_makes_one_link() {
    let serving = Serving::start();
    let (first, second) = (dialog(&serving), dialog(&serving));
    assert_ne!(field(&first, "form"), field(&second, "form"));
    assert_eq!(kept(&serving), 0);

    let form = filled_in(&first);
    let made = post(&serving, "/problems/shares", &form, false);
    assert!(made.starts_with("HTTP/1.1 200"), "{made}");
    let again = post(&serving, "/problems/shares", &form, false);
    assert!(again.starts_with("HTTP/1.1 409"), "{again}");
    assert!(!again.contains("/shared/"), "{again}");
    let again = post(&serving, "/problems/shares", &form, true);
    assert!(again.starts_with("HTTP/1.1 409"), "{again}");
    assert!(
        !again.contains("/shared/") && again.contains("made no second one"),
        "{again}"
    );
    assert_eq!(kept(&serving), 1);
    let links = get(&serving, "/investigations/1/links");
    assert_eq!(links.matches("/revocation\"").count(), 1);

    // Looking at what is kept makes no link either.
    let walk = get(&serving, "/investigations/1/share");
    let links = get(&serving, "/investigations/1/links");
    assert_eq!(links.matches("/revocation\"").count(), 1);
    let form = format!(
        "form={}&seen={}&days=90&scope=live",
        field(&walk, "form"),
        field(&walk, "seen")
    );
    let made = post(&serving, "/investigations/1/shares", &form, false);
    assert!(made.starts_with("HTTP/1.1 200"), "{made}");
    let links = get(&serving, "/investigations/1/links");
    assert_eq!(links.matches("/revocation\"").count(), 2);
    assert_eq!(kept(&serving), 1);
}

#[test]
fn the_token_is_shown_once_and_is_in_no_address_and_no_log() {
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("log");
    let mut child = serve("127.0.0.1:0", &home)
        .env("PODSIDE_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .split("http://")
        .nth(1)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let serving = Serving {
        child,
        address,
        home,
    };

    let form = filled_in(&dialog(&serving));
    let made = post(&serving, "/problems/shares", &form, true);
    let token = token(&made);
    assert_eq!(token.len(), 43, "{token}");
    let head = made.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(
        !head.contains("location:") && !head.contains("refresh:"),
        "{head}"
    );
    assert!(head.contains("cache-control: private, no-store"), "{head}");
    assert!(!head.contains(&token.to_ascii_lowercase()));
    for path in [
        "/investigations/1",
        "/investigations/1/links",
        "/history",
        "/history.csv",
    ] {
        assert!(!get(&serving, path).contains(&token), "{path}");
    }
    assert!(get(&serving, &format!("/shared/{token}")).contains("ledger-token"));
    get(&serving, &format!("/shared/{token}/markdown"));
    let said = std::fs::read_to_string(&log).unwrap();
    assert!(
        said.contains("/problems/shares"),
        "requests are not in the log"
    );
    assert!(!said.contains(&token));
    for entry in std::fs::read_dir(serving.home.path().join("data")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let found = bytes
            .windows(token.len())
            .any(|window| window == token.as_bytes());
        assert!(!found, "the token is in the database");
    }
}

#[test]
fn an_opening_is_a_page_that_was_served_and_a_revoked_link_opens_nothing() {
    let serving = Serving::start();
    let form = filled_in(&dialog(&serving));
    let token = token(&post(&serving, "/problems/shares", &form, false));
    let link = format!("/shared/{token}");
    assert!(get(&serving, "/investigations/1/links").contains("not yet"));
    get(&serving, &link);
    get(&serving, &link);
    // These open no page.
    get(&serving, &format!("{link}/markdown"));
    serving.ask(&format!(
        "HEAD {link} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    ));
    let asks = format!("{{\"lang\":\"en\",\"token\":\"{token}\"}}");
    let polled = serving.ask(&format!(
        "POST /api/shared HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{asks}",
        asks.len()
    ));
    assert!(polled.starts_with("HTTP/1.1 200"), "{polled}");
    assert!(serving.get("/shared/another").starts_with("HTTP/1.1 404"));
    let links = get(&serving, "/investigations/1/links");
    assert!(links.contains("2 times"), "{links}");

    let revoked = post(&serving, "/shares/1/revocation", "investigation=1", true);
    assert!(revoked.starts_with("HTTP/1.1 303"), "{revoked}");
    assert!(
        revoked.contains("location: /investigations/1/links\r\n"),
        "{revoked}"
    );
    for path in [link.clone(), format!("{link}/markdown")] {
        assert!(serving.get(&path).starts_with("HTTP/1.1 404"), "{path}");
    }
    assert!(get(&serving, "/investigations/1/links").contains("revoked"));
}

#[test]
fn a_problem_that_is_gone_is_not_shared_and_one_that_changed_says_so() {
    let serving = Serving::start();
    let page = dialog(&serving);
    let gone = filled_in(&page).replace(
        "Deployment.apps/marketplace/payouts",
        "Deployment.apps/marketplace/none",
    );
    let refused = post(&serving, "/problems/shares", &gone, true);
    assert!(refused.starts_with("HTTP/1.1 404"), "{refused}");
    assert!(
        refused.contains("Nothing was kept, and no link was made."),
        "{refused}"
    );
    assert_eq!(kept(&serving), 0);

    let seen = field(&page, "seen");
    let changed = filled_in(&page).replace(&seen, "another");
    let made = post(&serving, "/problems/shares", &changed, true);
    assert!(
        made.contains("The problem has changed since you looked."),
        "{made}"
    );
    assert_eq!(kept(&serving), 1);
}

#[test]
fn an_entry_that_nobody_looked_at_is_not_in_a_frozen_link() {
    let serving = Serving::start();
    let form = filled_in(&dialog(&serving));
    post(&serving, "/problems/shares", &form, false);
    let walk = get(&serving, "/investigations/1/share");
    let noted = post(
        &serving,
        "/investigations/1/notes",
        "step=&text=for+us+alone",
        true,
    );
    assert!(noted.starts_with("HTTP/1.1 303"), "{noted}");
    let form = format!(
        "form={}&seen={}",
        field(&walk, "form"),
        field(&walk, "seen")
    );
    let made = post(&serving, "/investigations/1/shares", &form, true);
    assert!(
        made.contains("1 entry was added since you looked."),
        "{made}"
    );
    let shown = get(&serving, &format!("/shared/{}", token(&made)));
    assert!(!shown.contains("for us alone"), "{shown}");
}

#[test]
fn the_address_of_a_form_leads_to_the_list() {
    let serving = Serving::start();
    for (path, list) in [
        ("/investigations/1/shares", "/investigations/1/links"),
        ("/problems/shares", "/history"),
    ] {
        let answer = serving.get(path);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        assert!(
            answer.contains(&format!("location: {list}\r\n")),
            "{answer}"
        );
    }
}
