use std::sync::atomic::AtomicU32;

use futures::FutureExt;
use futures::future::join_all;
use tokio::time::{sleep, timeout};

use super::*;

/// A source that counts how often it is asked, and takes its time.
struct Counting {
    runs: AtomicU32,
    takes: Duration,
    /// What it gives the first time, the second, and so on.
    gives: fn(u32) -> Result<Given, String>,
}

impl Source for Counting {
    fn fetch(&self) -> BoxFuture<'_, Result<Given, String>> {
        async {
            let run = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
            sleep(self.takes).await;
            (self.gives)(run)
        }
        .boxed()
    }
}

fn token(run: u32, good_for: Option<u64>) -> Given {
    let good_for = good_for.map(Duration::from_secs);
    Given {
        credential: Credential {
            token: Some(format!("token-{run}").into()),
            identity: None,
        },
        good_for,
        again_in: good_for.map(renewed_after),
    }
}

/// Credentials of a source, and the source to look at.
fn with(seconds: u64, gives: fn(u32) -> Result<Given, String>) -> (Credentials, Arc<Counting>) {
    let source = Arc::new(Counting {
        runs: AtomicU32::new(0),
        takes: Duration::from_secs(seconds),
        gives,
    });
    let config = Config::new("http://127.0.0.1:1".parse().unwrap());
    let credentials = Credentials {
        cluster: "prod".to_owned(),
        config: Arc::new(config),
        origin: Origin::Source {
            source: source.clone(),
            last: Mutex::new(None),
        },
    };
    (credentials, source)
}

impl Counting {
    fn runs(&self) -> u32 {
        self.runs.load(Ordering::Relaxed)
    }
}

fn said(held: &Held) -> String {
    let token = held.credential.token.as_ref().unwrap();
    token.expose_secret().to_owned()
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test(start_paused = true)]
async fn all_who_ask_share_one_run() {
    let (credentials, source) = with(8, |run| Ok(token(run, None)));
    let all = join_all((0..50).map(|_| credentials.held())).await;
    for held in all {
        assert_eq!(said(&held.unwrap()), "token-1");
    }
    sleep(seconds(100_000)).await;
    assert_eq!(said(&credentials.held().await.unwrap()), "token-1");
    assert_eq!(source.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_leaves_does_not_end_the_run() {
    let (credentials, source) = with(8, |run| Ok(token(run, None)));
    let began = Instant::now();
    for _ in 0..3 {
        assert!(timeout(seconds(2), credentials.held()).await.is_err());
    }
    assert_eq!(said(&credentials.held().await.unwrap()), "token-1");
    assert_eq!((source.runs(), began.elapsed().as_secs()), (1, 8));
}

#[tokio::test(start_paused = true)]
async fn a_credential_is_had_anew_before_it_ends() {
    let (credentials, source) = with(8, |run| Ok(token(run, Some(100))));
    credentials.held().await.unwrap();
    sleep(seconds(70)).await;
    assert_eq!(said(&credentials.held().await.unwrap()), "token-1");
    assert_eq!(source.runs(), 1);
    sleep(seconds(10)).await;
    let began = Instant::now();
    let all = join_all((0..9).map(|_| credentials.held())).await;
    for held in all {
        assert_eq!(said(&held.unwrap()), "token-1", "it is still good");
    }
    assert_eq!(began.elapsed(), Duration::ZERO, "nobody waits");
    sleep(seconds(9)).await;
    assert_eq!(said(&credentials.held().await.unwrap()), "token-2");
    assert_eq!(source.runs(), 2);
    // Whoever comes after its end waits for the next.
    sleep(seconds(500)).await;
    assert_eq!(said(&credentials.held().await.unwrap()), "token-3");
}

#[tokio::test(start_paused = true)]
async fn one_that_is_still_good_is_used_where_none_can_be_had() {
    let (credentials, source) = with(1, |run| match run {
        1 => Ok(token(run, Some(100))),
        _ => Err("expired".to_owned()),
    });
    credentials.held().await.unwrap();
    sleep(seconds(80)).await;
    for _ in 0..5 {
        assert_eq!(said(&credentials.held().await.unwrap()), "token-1");
        sleep(seconds(2)).await;
    }
    assert_eq!(source.runs(), 2);
    sleep(seconds(30)).await;
    let error = credentials.held().await.err().unwrap();
    assert!(matches!(&error, Error::Login { reason, .. } if reason == "expired"));
    assert_eq!(source.runs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_is_left_alone_for_a_while() {
    let (credentials, source) = with(20, |_| Err("no network".to_owned()));
    let all = join_all((0..50).map(|_| credentials.held())).await;
    assert!(all.iter().all(Result::is_err));
    sleep(seconds(15)).await;
    assert!(credentials.held().await.is_err());
    assert_eq!(
        source.runs(),
        1,
        "it took 20 s, and is not tried again at once"
    );
    sleep(seconds(10)).await;
    assert!(credentials.held().await.is_err());
    assert_eq!(source.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_had_anew_by_one_for_all() {
    let (credentials, source) = with(1, |run| Ok(token(run, None)));
    let first = credentials.held().await.unwrap();
    first.note(&Ok(()));
    let all = join_all((0..9).map(|_| credentials.refused(&first))).await;
    for newer in all {
        assert_eq!(said(&newer.unwrap().unwrap()), "token-2");
    }
    // Who comes late with the old one gets what there is.
    let late = credentials.refused(&first).await.unwrap().unwrap();
    assert_eq!((said(&late).as_str(), source.runs()), ("token-2", 2));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_again_and_again_is_had_now_and_then() {
    let (credentials, source) = with(1, |_| Ok(token(1, None)));
    let mut held = credentials.held().await.unwrap();
    for _ in 0..60 {
        if let Some(newer) = credentials.refused(&held).await.unwrap() {
            held = newer;
        }
        sleep(seconds(1)).await;
    }
    assert_eq!(source.runs(), 3, "at once, and after half a minute");
    // Once it was accepted, its end is as good as that of any other.
    held.note(&Err::<(), _>(Error::NotFound {
        what: String::new(),
        message: String::new(),
    }));
    credentials.refused(&held).await.unwrap().unwrap();
    assert_eq!(source.runs(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_with_the_credentials() {
    let (credentials, source) = with(8, |run| Ok(token(run, None)));
    assert!(timeout(seconds(1), credentials.held()).await.is_err());
    assert_eq!(Arc::strong_count(&source), 3, "here, there, and in the run");
    drop(credentials);
    sleep(seconds(1)).await;
    assert_eq!(Arc::strong_count(&source), 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_is_an_error() {
    let mut config = Config::new("http://127.0.0.1:1".parse().unwrap());
    config.auth_info.token = Some("two\nlines".to_owned().into());
    let error = Credentials::of("prod", config).await.err().unwrap();
    let text = error.to_string();
    assert!(text.contains("characters that cannot be sent"), "{text}");
    assert!(!text.contains("lines"), "{text}");
}

#[test]
fn a_plugin_is_for_who_has_nothing_else() {
    let user = |text: &str| -> AuthInfo { serde_json::from_str(text).unwrap() };
    let is_asked = |text: &str| source("prod", &mut user(text)).is_some();
    let exec = r#""exec": {"command": "x"}"#;
    assert!(is_asked(&format!("{{{exec}}}")));
    assert!(is_asked(&format!(r#"{{{exec}, "token": ""}}"#)));
    for other in [
        r#""token": "t""#,
        r#""username": "u", "password": "p""#,
        r#""client-certificate-data": "c", "client-key-data": "k""#,
        r#""client-certificate": "c", "client-key": "k""#,
    ] {
        assert!(!is_asked(&format!("{{{exec}, {other}}}")), "{other}");
    }
    assert!(is_asked(r#"{"tokenFile": "f", "token": "t"}"#));
    assert!(!is_asked(r#"{"tokenFile": ""}"#));
}
