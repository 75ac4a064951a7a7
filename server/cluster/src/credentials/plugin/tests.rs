#![cfg(unix)]

use std::time::Instant;

use secrecy::ExposeSecret;
use serde_json::Value;

use super::*;

/// A plugin that is a shell script.
fn script(text: &str) -> Plugin {
    configured(text, &json!({}))
}

/// The same with more in its configuration.
fn configured(text: &str, more: &Value) -> Plugin {
    let mut exec = json!({"command": "sh", "args": ["-c", text], "interactiveMode": "Never"});
    for (name, value) in more.as_object().unwrap() {
        exec[name] = value.clone();
    }
    Plugin::new("prod", serde_json::from_value(exec).unwrap())
}

async fn token(plugin: &Plugin) -> String {
    let given = plugin.run().await.unwrap_or_else(|error| panic!("{error}"));
    let token = given.credential.token.unwrap();
    token.expose_secret().to_owned()
}

async fn error(plugin: &Plugin) -> String {
    plugin.run().await.err().unwrap()
}

const GIVES: &str = r#"printf '{"status":{"token":"%s"}}' "#;

#[tokio::test]
async fn it_is_told_what_it_wants_to_know() {
    let info = configured(
        // In YAML, single quotes keep all else as it is.
        r#"printf "status: {token: '%s|%s'}" "$KUBERNETES_EXEC_INFO" "$REGION""#,
        &json!({
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "env": [{"name": "REGION", "value": "north"}],
        }),
    );
    let told = token(&info).await;
    let (info, region) = told.rsplit_once('|').unwrap();
    let info: Value = serde_json::from_str(info).unwrap();
    assert_eq!(
        info,
        json!({
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "kind": "ExecCredential",
            "spec": {"interactive": false},
        })
    );
    assert_eq!(region, "north");
}

#[tokio::test]
async fn its_failure_is_told_with_its_last_words() {
    let said = error(&script(
        "printf '\\033[31mThe session has expired.\\033[0m\\nRun: corp login password=hunter2hunter2\\n' >&2; exit 3",
    ))
    .await;
    assert!(
        said.starts_with(
            "the login plugin \"sh\" failed with exit code 3. It said: The session has expired. Run: corp login password="
        ),
        "{said}"
    );
    assert!(
        !said.contains("hunter2") && !said.contains('\u{1b}'),
        "{said}"
    );
    let killed = error(&script("kill -9 $$")).await;
    assert!(killed.contains("was ended (signal: 9"), "{killed}");
}

#[tokio::test]
async fn one_that_does_not_end_is_ended_and_told_with_what_it_asked_for() {
    let asking = "echo 'To sign in, open https://login.example/device and enter the code AB-12' >&2; sleep 60";
    let plugin = Plugin {
        within: Duration::from_secs(3),
        ..script(asking)
    };
    let began = Instant::now();
    let said = error(&plugin).await;
    assert!(began.elapsed() < Duration::from_mins(1));
    for part in [
        "the login plugin \"sh\" did not end within 3 s",
        "run `kubectl --context=prod get --raw /readyz` in a terminal and log in there",
        "It said: To sign in, open https://login.example/device and enter the code AB-12",
    ] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
}

#[tokio::test]
async fn what_it_leaves_behind_is_not_waited_for() {
    // A helper that keeps the error output open goes on for longer than a test may take.
    let plugin = script(&format!("sleep 60 >/dev/null & {GIVES} t-1"));
    assert_eq!(token(&plugin).await, "t-1");
}

#[tokio::test]
async fn nothing_much_and_no_end_of_an_answer_are_errors() {
    let said = error(&script("echo no session >&2")).await;
    assert_eq!(
        said,
        "the login plugin \"sh\" answered nothing. It said: no session"
    );
    let said = error(&script("yes | head -c 2000000; sleep 60")).await;
    assert!(
        said.contains("its answer is larger than 1024 KiB"),
        "{said}"
    );
}

#[tokio::test]
async fn one_that_is_not_there_is_told_with_the_hint_to_install_it() {
    let exec = json!({"command": "no-such-plugin", "installHint": "\u{1b}[1mbrew install it\n"});
    let plugin = Plugin::new("prod", serde_json::from_value(exec).unwrap());
    let said = error(&plugin).await;
    assert!(
        said.starts_with("the login plugin \"no-such-plugin\" cannot be started: No such file")
            && said.ends_with(". brew install it"),
        "{said}"
    );
    let nameless = Plugin::new("prod", ExecConfig::default());
    assert_eq!(
        error(&nameless).await,
        "its login plugin (exec) has no command"
    );
}

#[test]
fn one_that_needs_a_person_is_not_run_without_a_terminal() {
    let mode = |mode: Option<&str>, has_terminal| {
        let exec = json!({"command": "sso", "interactiveMode": mode});
        Plugin::new("prod", serde_json::from_value(exec).unwrap()).is_interactive(has_terminal)
    };
    let said = mode(Some("Always"), false).unwrap_err();
    assert!(
        said.contains("\"sso\" asks for a person at a terminal"),
        "{said}"
    );
    assert_eq!(mode(Some("Always"), true), Ok(true));
    assert_eq!(mode(Some("IfAvailable"), false), Ok(false));
    assert_eq!(mode(Some("Never"), true), Ok(false));
    assert_eq!(mode(None, true), Ok(true));
}
