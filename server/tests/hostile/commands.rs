//! What the commands print, and what the portal says of an API server that lies.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::answer::{Answer, texts};
use crate::portal::encoded;
use crate::recording::{kept, with_names, with_text};
use crate::serving::Serving;
use crate::text::{hostile, hostile_name, unseen_in};

fn podside(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_podside"))
        .args(arguments)
        .env("HOME", home)
        .env("KUBECONFIG", home.join("config"))
        .env("CLICOLOR_FORCE", "1")
        .env("PODSIDE_LOG", "debug")
        .output()
        .unwrap()
}

/// What a command printed, without the colours that are its own.
fn printed(output: &Output) -> [String; 2] {
    [&output.stdout, &output.stderr].map(|bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(
            !text.contains("\u{1b}]") && !text.contains("\u{1b}[2J"),
            "{text:?}"
        );
        anstream::adapter::strip_str(&text).to_string()
    })
}

#[test]
fn a_diagnosis_is_legible_in_every_form() {
    let home = tempfile::tempdir().unwrap();
    let name = hostile_name();
    let texts_path = kept(&with_text(&hostile()), home.path(), &name);
    let names_path = kept(&with_names(&name), home.path(), &format!("{name}2"));
    for (path, forms) in [
        (texts_path, &["text", "json", "markdown"][..]),
        (names_path, &["markdown"]),
    ] {
        for &form in forms {
            let arguments = ["diagnose", "--replay", path.to_str().unwrap(), "-o", form];
            let output = podside(home.path(), &arguments);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            let [out, err] = printed(&output);
            assert!(out.len() > 1000, "{out}");
            for said in [&out, &err] {
                assert_eq!(unseen_in(said), None, "{form}");
            }
            if form == "json" {
                texts(&serde_json::from_str(&out).unwrap(), &mut |text| {
                    assert_eq!(unseen_in(text), None, "{text}");
                });
            }
            if form == "markdown" {
                crate::kept::is_plain_markdown(&out);
            }
        }
    }
}

#[test]
fn an_error_is_legible_whatever_it_names() {
    let home = tempfile::tempdir().unwrap();
    let name = hostile_name();
    let at = |end: &str| home.path().join(format!("{name}{end}"));
    fs::write(
        at(".yaml"),
        format!("id: {}\nsteps: [\"{}\"]\n", hostile(), hostile()),
    )
    .unwrap();
    fs::create_dir(at(".broken")).unwrap();
    fs::write(
        at(".broken").join("objects.json"),
        format!("{{\"items\": [{}", hostile()),
    )
    .unwrap();
    let context = json!({"name": name, "context": {"cluster": name, "user": name}});
    let config = json!({"apiVersion": "v1", "kind": "Config", "contexts": [context]});
    let config = in_yaml(&config);
    let file = |end: &str| at(end).to_str().unwrap().to_owned();
    for (kubeconfig, arguments) in [
        ("", vec!["diagnose"]),
        (&*config, vec!["diagnose"]),
        (&*config, vec!["diagnose", "--context", "x"]),
        (&*config, vec!["diagnose", "--context", &name]),
        (&*hostile(), vec!["diagnose"]),
        ("", vec!["diagnose", "--replay", &file(".none")]),
        ("", vec!["diagnose", "--replay", &file(".broken")]),
        ("", vec!["diagnose", "--replay", "oomkilled", "-n", &name]),
        ("", vec!["serve", "--replay", &file(".broken")]),
        ("", vec!["replay", &file(".none")]),
        ("", vec!["runbook", "check", &file(".yaml")]),
        ("", vec!["runbook", "check", &file(".none")]),
    ] {
        fs::write(home.path().join("config"), kubeconfig).unwrap();
        let output = podside(home.path(), &arguments);
        assert_ne!(output.status.code(), Some(0), "{arguments:?}");
        for said in printed(&output) {
            assert_eq!(unseen_in(&said), None, "{arguments:?}: {said}");
        }
    }
}

/// YAML in which every character that is not of ASCII's signs is escaped: parsers take
/// few of the others as they are. What is no character they do not take at all.
fn in_yaml(value: &serde_json::Value) -> String {
    let escaped = |c: char| match c {
        ' '..='~' => c.to_string(),
        '\u{fdd0}' | '\u{ffff}' => String::new(),
        c => format!("\\U{:08X}", u32::from(c)),
    };
    value.to_string().chars().map(escaped).collect()
}

/// An API server that answers everything with a Status and headers of its own.
fn liar(code: u16) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            if stream.read(&mut request).unwrap_or(0) == 0 {
                continue;
            }
            let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure",
                "reason": hostile(), "message": hostile(), "code": code});
            let body = status.to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nConnection: close\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    address
}

#[test]
fn what_an_api_server_says_is_legible_on_every_page() {
    let home = tempfile::tempdir().unwrap();
    // A kubeconfig cannot hold what is no character.
    let name = hostile_name().replace(['\u{fdd0}', '\u{ffff}'], "");
    let mut clusters = Vec::new();
    let mut contexts = Vec::new();
    let codes = [401, 403, 404, 500];
    for code in codes {
        let named = format!("{name}{code}");
        clusters
            .push(json!({"name": named, "cluster": {"server": format!("http://{}", liar(code))}}));
        contexts.push(
            json!({"name": named, "context": {"cluster": named, "user": "u", "namespace": name}}),
        );
    }
    let config = json!({"apiVersion": "v1", "kind": "Config", "current-context": format!("{name}500"),
        "clusters": clusters, "contexts": contexts, "users": [{"name": "u", "user": {"token": "t"}}]});
    fs::write(home.path().join("config"), in_yaml(&config)).unwrap();
    for code in codes {
        let output = podside(
            home.path(),
            &["diagnose", "--context", &format!("{name}{code}")],
        );
        for said in printed(&output) {
            assert_eq!(unseen_in(&said), None, "{code}: {said}");
        }
    }
    let kubeconfig = home.path().join("config");
    let serving = Serving::start_with(home, |command| {
        command.env("KUBECONFIG", kubeconfig);
        for code in codes {
            command.arg("--context").arg(format!("{name}{code}"));
        }
    });
    let front = get(&serving, "/");
    front.is_legible("/");
    let clusters = front.links();
    for link in clusters
        .iter()
        .filter(|link| link.starts_with("/?cluster="))
    {
        let (_, query) = link.split_once('?').unwrap();
        for page in [
            "/",
            "/objects/Pod/shop/web",
            "/objects/Pod/shop/web?tab=logs&",
            "/logs/Pod/shop/web",
            "/logs?namespace=shop&",
            "/streams/logs.txt?namespace=shop&pod=web&",
        ] {
            let between = if page.contains('?') { "" } else { "?" };
            let address = format!("{page}{between}{query}");
            get(&serving, &address).is_legible(&address);
        }
    }
    assert!(clusters.len() > 4, "{clusters:?} {}", encoded(&name));
}

fn get(serving: &Serving, address: &str) -> Answer {
    Answer::read(&serving.ask(&format!(
        "GET {address} HTTP/1.0\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"
    )))
}
