//! The test of a runbook's step is run when a person says so, exactly as it was shown, and
//! what it told is kept.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod serving;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use serving::Serving;

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_mins(1);

/// The step with a test in the Pod's runbook.
const STEP: &str = "names";

const RESOLV: &str = "search shop.svc.cluster.local svc.cluster.local cluster.local\n\
                      nameserver 10.96.0.10\noptions ndots:5\n";

fn pod(namespace: &str, name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "uid": format!("{namespace}-{name}"),
            "creationTimestamp": "2026-11-20T10:00:00Z"},
        "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "busybox:1.36"}]},
        "status": {"phase": "Running", "conditions": [
                {"type": "Ready", "status": "True"}, {"type": "ContainersReady", "status": "True"}],
            "containerStatuses": [{"name": "app", "image": "busybox:1.36", "imageID": "",
                "containerID": format!("containerd://{name}"), "ready": true, "started": true,
                "restartCount": 0, "state": {"running": {"startedAt": "2026-11-20T10:00:01Z"}}}]}})
}

fn ran(namespace: &str, pod: &str, more: &Value) -> Value {
    let mut ran = json!({"t_ms": 0, "namespace": namespace, "pod": pod, "container": "app",
        "command": ["cat", "/etc/resolv.conf"], "stdout": "", "stderr": "", "exit_code": 0});
    for (name, value) in more.as_object().unwrap() {
        ran[name] = value.clone();
    }
    ran
}

/// A portal on a recording of Pods that run: one in which the command was recorded, one in
/// which it was not, one that has not the program, one in which it takes long.
fn portal(flags: &[&str]) -> Serving {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("small");
    std::fs::create_dir(&path).unwrap();
    let object = |kind: &str, name: &str| {
        json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "uid": name},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
    };
    let objects = json!({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [
        object("Namespace", "shop"), object("Namespace", "bare"), object("Node", "node-1"),
        pod("shop", "web"), pod("shop", "mute"), pod("shop", "slow"), pod("bare", "tiny"),
    ]});
    std::fs::write(path.join("objects.json"), objects.to_string()).unwrap();
    let runs = [
        ran("shop", "web", &json!({"stdout": RESOLV})),
        ran("shop", "slow", &json!({"took_ms": 25_000})),
        ran(
            "bare",
            "tiny",
            &json!({"exit_code": 127, "stderr": "cat: not found\n"}),
        ),
    ];
    let runs: String = runs.iter().map(|run| format!("{run}\n")).collect();
    std::fs::write(path.join("exec.jsonl"), runs).unwrap();
    Serving::start_with(home, |command| {
        command.arg("--replay").arg(&path).args(flags);
    })
}

fn post(serving: &Serving, path: &str, body: &str) -> String {
    serving.ask(&format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// The value of a field of the form that goes to a path of the investigation.
fn field(page: &str, form: &str, name: &str) -> Option<String> {
    let (_, form) = page.split_once(&format!("action=\"/investigations/1/{form}\""))?;
    let (form, _) = form.split_once("</form>")?;
    let (_, value) = form.split_once(&format!("name=\"{name}\" value=\""))?;
    value.split('"').next().map(str::to_owned)
}

/// An investigation of a Pod that has come to the step with the test.
fn at_the_test(serving: &Serving, pod: &str) -> String {
    let target = format!("cluster=small&runbook=pod&target=Pod%2F{pod}");
    let started = post(serving, "/investigations", &target);
    assert!(started.contains("/investigations/1"), "{started}");
    let until = Instant::now() + SOON;
    loop {
        let page = serving.get("/investigations/1");
        let step = field(&page, "answers", "step").unwrap_or_else(|| panic!("{page}"));
        if step == STEP {
            return page;
        }
        assert!(Instant::now() < until, "it does not come there: {page}");
        let after = field(&page, "answers", "after").unwrap();
        let body = format!("after={after}&step={step}&answer=no");
        post(serving, "/investigations/1/answers", &body);
    }
}

/// Runs the test that a page shows; gives the page on which it has told something.
fn run(serving: &Serving, page: &str) -> String {
    let before = page.matches("allowed a test").count();
    let told = page.matches("Test for:").count();
    allow(serving, page, &field(page, "runs", "plan").unwrap());
    let page = until(serving, "it tells something", |page| {
        page.matches("Test for:").count() > told && !page.contains("Running a test.")
    });
    assert_eq!(page.matches("allowed a test").count(), before + 1, "{page}");
    page
}

fn allow(serving: &Serving, page: &str, plan: &str) {
    let after = field(page, "runs", "after").unwrap();
    let body = format!("after={after}&step={STEP}&plan={plan}");
    let answer = post(serving, "/investigations/1/runs", &body);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
}

fn until(serving: &Serving, what: &str, is_so: impl Fn(&str) -> bool) -> String {
    let until = Instant::now() + SOON;
    loop {
        let page = serving.get("/investigations/1");
        if is_so(&page) {
            return page;
        }
        assert!(Instant::now() < until, "{what}: {page}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What a reader sees of a page, on one line.
fn text(page: &str) -> String {
    let mut text = String::new();
    for piece in page.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const COMMAND: &str = "exec web -c app -- cat /etc/resolv.conf";

#[test]
fn a_test_runs_when_it_is_allowed_and_its_output_answers() {
    let serving = portal(&[]);
    let page = at_the_test(&serving, "shop%2Fweb");
    assert!(text(&page).contains(COMMAND), "{page}");
    assert!(
        text(&page).contains("runs in container app of Pod web"),
        "{page}"
    );
    assert!(!page.contains("10.96.0.10"), "nothing runs by looking");
    // What is not what was shown is not run.
    allow(&serving, &page, &"0".repeat(32));
    let same = serving.get("/investigations/1");
    assert!(!same.contains("allowed a test"), "{same}");

    let page = run(&serving, &page);
    assert!(page.contains("nameserver 10.96.0.10"), "{page}");
    assert!(page.contains("The evidence says yes."), "{page}");
    assert!(text(&page).contains("exit code 0"), "{page}");
    assert!(page.contains("Exactly this was allowed at"), "{page}");
    // It is kept: who looks later, or is given a link, sees it.
    let after = field(&page, "answers", "after").unwrap();
    let body = format!("after={after}&step={STEP}&answer=yes");
    post(&serving, "/investigations/1/answers", &body);
    let page = serving.get("/investigations/1");
    assert_eq!(field(&page, "answers", "step").as_deref(), Some("inside"));
    let share = serving.get("/investigations/1/share");
    assert!(share.contains("nameserver 10.96.0.10"), "{share}");
}

#[test]
fn what_was_not_recorded_tells_nothing() {
    let serving = portal(&[]);
    let page = at_the_test(&serving, "shop%2Fmute");
    let page = run(&serving, &page);
    assert!(page.contains("The test could not be run:"), "{page}");
    assert!(page.contains("was not recorded"), "{page}");
    assert!(page.contains("The evidence does not decide."), "{page}");
}

#[test]
fn a_container_is_added_where_none_has_the_program_and_is_no_more_afterwards() {
    let serving = portal(&["--test-image", "registry.example/tools:2"]);
    let page = at_the_test(&serving, "bare%2Ftiny");
    let page = run(&serving, &page);
    assert!(
        page.contains("container app does not have the program"),
        "{page}"
    );
    let shown = text(&page);
    assert!(shown.contains("kubectl -n bare debug tiny"), "{shown}");
    assert!(shown.contains("registry.example/tools:2"), "{shown}");
    let name = shown.split("podside-").nth(1).unwrap();
    let name = format!("podside-{}", name.split(' ').next().unwrap());
    assert!(shown.contains(&format!("logs tiny -c {name}")), "{shown}");
    run(&serving, &page);
    // It was created under the name that was shown, and has ended.
    let pod = serving.get("/objects/Pod/bare/tiny?tab=yaml");
    assert!(pod.contains(&name), "{pod}");
    let left = serving.get("/leftovers");
    assert!(left.contains("Nothing is left"), "{left}");
}

#[test]
fn a_test_that_goes_on_is_told_and_can_be_stopped() {
    let serving = portal(&[]);
    let page = at_the_test(&serving, "shop%2Fslow");
    allow(&serving, &page, &field(&page, "runs", "plan").unwrap());
    let going = until(&serving, "it goes on", |page| {
        page.contains("Running a test.")
    });
    assert!(
        field(&going, "runs", "plan").is_none(),
        "it runs once: {going}"
    );
    let stopped = post(&serving, "/investigations/1/stop", "");
    assert!(stopped.starts_with("HTTP/1.1 303"), "{stopped}");
    let page = serving.get("/investigations/1");
    assert!(!page.contains("Running a test."), "{page}");
    assert!(!page.contains("Test for:"), "{page}");
    assert!(page.contains("allowed a test") && field(&page, "runs", "plan").is_some());
}

#[test]
fn a_podside_that_is_read_only_says_so_and_runs_nothing() {
    let serving = portal(&["--read-only"]);
    let page = at_the_test(&serving, "shop%2Fweb");
    assert!(text(&page).contains(COMMAND), "{page}");
    assert!(page.contains("--read-only") && field(&page, "runs", "plan").is_none());
    let after = field(&page, "answers", "after").unwrap();
    let body = format!("after={after}&step={STEP}&plan=x");
    let refused = post(&serving, "/investigations/1/runs", &body);
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
}
