use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures::{FutureExt, stream};
use podside_diagnosis::facts::{Kind, Sharing, from_object_of};
use podside_model::MissingRight;
use serde_json::json;

use super::*;

/// A source that answers from a script and writes down what it was asked.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<Lists>>);

#[derive(Default)]
struct Lists {
    pages: VecDeque<Result<Page<Fact>>>,
    watches: VecDeque<Result<Vec<Result<Versioned>>>>,
    /// Watches that begin with what there is; none is offered without them.
    presents: VecDeque<Result<Vec<Result<Versioned>>>>,
    stays_open: bool,
    asked: Vec<String>,
}

impl Script {
    fn page(self, page: Result<Page<Fact>>) -> Self {
        self.0.lock().unwrap().pages.push_back(page);
        self
    }

    fn watch(self, watch: Result<Vec<Result<Versioned>>>) -> Self {
        self.0.lock().unwrap().watches.push_back(watch);
        self
    }

    fn present(self, present: Result<Vec<Result<Versioned>>>) -> Self {
        self.0.lock().unwrap().presents.push_back(present);
        self
    }

    /// The last watch of the script does not end.
    fn stays_open(self) -> Self {
        self.0.lock().unwrap().stays_open = true;
        self
    }

    fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }
}

impl Source for Script {
    fn present(&self) -> BoxFuture<'_, Result<Option<Present>>> {
        let mut lists = self.0.lock().unwrap();
        let Some(present) = lists.presents.pop_front() else {
            return async { Ok(None) }.boxed();
        };
        lists.asked.push("present".to_owned());
        let open = lists.stays_open && lists.presents.is_empty();
        async move {
            let events = stream::iter(present?);
            let changes = if open {
                events.chain(stream::pending()).boxed()
            } else {
                events.boxed()
            };
            Ok(Some(Present::new(changes, None)))
        }
        .boxed()
    }

    fn page<'a>(&'a self, token: Option<&'a str>) -> BoxFuture<'a, Result<Page<Fact>>> {
        let mut lists = self.0.lock().unwrap();
        lists.asked.push(format!("list {}", token.unwrap_or("-")));
        let page = lists.pages.pop_front().unwrap_or_else(|| Err(down()));
        async { page }.boxed()
    }

    fn changes<'a>(&'a self, version: &'a str) -> BoxFuture<'a, Result<Changes>> {
        let mut lists = self.0.lock().unwrap();
        lists.asked.push(format!("watch {version}"));
        let watch = lists.watches.pop_front().unwrap_or_else(|| Err(down()));
        let open = lists.stays_open && lists.watches.is_empty();
        async move {
            let events = stream::iter(watch?);
            Ok(if open {
                events.chain(stream::pending()).boxed()
            } else {
                events.boxed()
            })
        }
        .boxed()
    }
}

fn pod(name: &str) -> Fact {
    let object = json!({"metadata": {"name": name, "namespace": "shop"}});
    from_object_of(Kind::Pod, &object, &Sharing::default()).unwrap()
}

fn page(names: &[&str], version: &str, next: Option<&str>) -> Page<Fact> {
    Page {
        items: names.iter().map(|name| pod(name)).collect(),
        next: next.map(str::to_owned),
        version: version.to_owned(),
        at: None,
    }
}

fn put(name: &str, version: &str) -> Versioned {
    Versioned {
        change: Change::Put(pod(name)),
        version: version.to_owned(),
    }
}

fn bookmark(version: &str) -> Versioned {
    Versioned {
        change: Change::Bookmark,
        version: version.to_owned(),
    }
}

fn all_told(version: &str) -> Versioned {
    Versioned {
        change: Change::AllTold,
        version: version.to_owned(),
    }
}

fn invalid() -> Error {
    Error::Refused {
        what: "x".into(),
        code: 422,
        reason: "Invalid".into(),
        message: "sendInitialEvents is forbidden".into(),
    }
}

fn down() -> Error {
    Error::Unreachable {
        cluster: "c".into(),
        address: "a".into(),
        reason: "refused".into(),
    }
}

fn gone() -> Error {
    Error::Gone { what: "x".into() }
}

/// The step in a few words.
async fn told(watch: &mut Watch<Script>) -> String {
    match watch.step().await {
        Step::Listed(page) => {
            let names: Vec<_> = page
                .items
                .iter()
                .map(|f| f.meta().name.to_string())
                .collect();
            format!("listed {}", names.join(","))
        }
        Step::Live => "live".to_owned(),
        Step::Put(fact) => format!("put {}", fact.meta().name),
        Step::Removed(fact) => format!("removed {}", fact.meta().name),
        Step::Refused(_) => "refused".to_owned(),
        Step::Lost { tries, .. } => format!("lost {tries}"),
    }
}

#[tokio::test(start_paused = true)]
async fn pages_are_one_list_and_the_watch_goes_on_from_its_version() {
    let script = Script::default()
        .page(Ok(page(&["a", "b"], "5", Some("next"))))
        .page(Ok(page(&["c"], "5", None)))
        .watch(Ok(vec![Ok(put("d", "6")), Ok(bookmark("9"))]))
        .watch(Ok(vec![]))
        .stays_open();
    let mut watch = Watch::new(script.clone());
    assert_eq!(told(&mut watch).await, "listed a,b,c");
    assert_eq!(told(&mut watch).await, "put d");
    let nothing = tokio::time::timeout(SHORTEST_WATCH, watch.step()).await;
    assert!(nothing.is_err(), "{nothing:?}");
    assert_eq!(
        script.asked(),
        ["list -", "list next", "watch 5", "watch 9"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_restarted_api_server_is_waited_for_with_growing_patience() {
    let mut script = Script::default()
        .page(Ok(page(&["a"], "5", None)))
        .watch(Ok(vec![Ok(put("b", "6")), Err(down())]));
    for _ in 0..6 {
        script = script.watch(Err(down()));
    }
    let script = script.watch(Ok(vec![Ok(put("c", "7"))])).stays_open();
    let mut watch = Watch::new(script.clone());
    for expected in ["listed a", "put b"] {
        assert_eq!(told(&mut watch).await, expected);
    }
    for (tries, longest) in (1..).zip([1, 2, 4, 8, 16, 30, 30]) {
        let Step::Lost {
            tries: told,
            next_try,
            ..
        } = watch.step().await
        else {
            panic!("it is lost");
        };
        assert_eq!(told, tries);
        let wait = next_try - Instant::now();
        let longest = Duration::from_secs(longest);
        assert!(
            longest / 2 <= wait && wait <= longest,
            "{wait:?} of {longest:?}"
        );
    }
    for expected in ["live", "put c"] {
        assert_eq!(told(&mut watch).await, expected);
    }
    // The change that came before the break is not asked for again.
    assert_eq!(script.asked().last().unwrap(), "watch 6");
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_too_old_means_a_new_list() {
    for broken in [Err(gone()), Ok(vec![Err(gone())])] {
        let script = Script::default()
            .page(Ok(page(&["a"], "5", None)))
            .watch(broken)
            .page(Ok(page(&["b"], "50", None)))
            .watch(Ok(vec![]))
            .stays_open();
        let mut watch = Watch::new(script.clone());
        let mut steps = Vec::new();
        while steps.last().map(String::as_str) != Some("listed b") {
            steps.push(told(&mut watch).await);
        }
        assert!(
            steps.iter().all(|step| !step.starts_with("lost")),
            "{steps:?}"
        );
        assert_eq!(told(&mut watch).await, "live");
        assert_eq!(script.asked(), ["list -", "watch 5", "list -", "watch 50"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_breaks_off_is_never_shown_in_part() {
    let script = Script::default()
        .page(Ok(page(&["a"], "4", Some("next"))))
        .page(Err(gone()))
        .page(Ok(page(&["b"], "5", None)));
    let mut watch = Watch::new(script.clone());
    assert_eq!(told(&mut watch).await, "listed b");
    assert_eq!(script.asked(), ["list -", "list next", "list -"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_at_once_is_not_asked_in_a_tight_loop() {
    let mut script = Script::default().page(Ok(page(&["a"], "5", None)));
    for _ in 0..5 {
        script = script.watch(Ok(vec![]));
    }
    let mut watch = Watch::new(script.clone());
    let started = Instant::now();
    for _ in 0..9 {
        told(&mut watch).await;
    }
    assert!(
        started.elapsed() >= Duration::from_secs(1 + 2 + 4),
        "{:?}",
        script.asked()
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_watch_is_given_up_and_opened_again() {
    let script = Script::default()
        .page(Ok(page(&[], "5", None)))
        .watch(Ok(vec![]))
        .stays_open();
    let mut watch = Watch::new(script.clone());
    told(&mut watch).await;
    let limit = LONGEST_SILENCE + SHORTEST_WATCH;
    let (nothing, ()) = tokio::join!(tokio::time::timeout(limit, watch.step()), async {
        tokio::time::sleep(SHORTEST_WATCH).await;
        script.0.lock().unwrap().watches.push_back(Ok(vec![]));
    });
    assert!(nothing.is_err(), "{nothing:?}");
    assert_eq!(script.asked(), ["list -", "watch 5", "watch 5"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_misses_its_bookmarks_is_opened_again_where_it_was() {
    let mut reopened = Vec::new();
    for seed in 0..8 {
        let script = Script::default()
            .page(Ok(page(&["a"], "5", None)))
            .watch(Ok(vec![Ok(bookmark("7"))]))
            .stays_open();
        let mut watch = Watch::with_chance(script.clone(), Rng::with_seed(seed));
        assert_eq!(told(&mut watch).await, "listed a");
        let silent_since = Instant::now();
        let (step, ()) = tokio::join!(watch.step(), async {
            tokio::time::sleep(SHORTEST_WATCH).await;
            let second = Ok(vec![Ok(put("b", "9"))]);
            script.0.lock().unwrap().watches.push_back(second);
        });
        // It is no failure, and nothing is listed anew.
        assert!(matches!(step, Step::Put(_)), "{step:?}");
        assert_eq!(script.asked(), ["list -", "watch 5", "watch 7"]);
        reopened.push(silent_since.elapsed());
    }
    let (soonest, latest) = (LONGEST_WITHOUT_BOOKMARK, LONGEST_WITHOUT_BOOKMARK * 4 / 3);
    let in_time = |after: &Duration| (soonest..=latest).contains(after);
    assert!(reopened.iter().all(in_time), "{reopened:?}");
    reopened.sort();
    reopened.dedup();
    assert_eq!(reopened.len(), 8, "together");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_and_asked_again_after_a_while() {
    let denied = Error::Denied {
        right: MissingRight {
            verb: "list".into(),
            group: String::new(),
            resource: "pods".into(),
            namespace: None,
        },
        message: "no".into(),
    };
    let script = Script::default()
        .page(Err(denied))
        .page(Ok(page(&["a"], "5", None)));
    let mut watch = Watch::new(script.clone());
    assert_eq!(told(&mut watch).await, "refused");
    let started = Instant::now();
    assert_eq!(told(&mut watch).await, "listed a");
    assert_eq!(started.elapsed(), ASK_AGAIN);
}

#[tokio::test(start_paused = true)]
async fn watches_that_fail_together_try_again_apart() {
    let mut first_tries = Vec::new();
    for seed in 0..20 {
        let mut watch = Watch::with_chance(Script::default(), Rng::with_seed(seed));
        let Step::Lost { next_try, .. } = watch.step().await else {
            panic!("it is lost");
        };
        first_tries.push(next_try);
    }
    first_tries.sort();
    first_tries.dedup();
    assert_eq!(first_tries.len(), 20);
}

#[tokio::test(start_paused = true)]
async fn an_api_server_that_asks_for_rest_has_it() {
    let busy = Error::Resting {
        what: "x".into(),
        said: "429".into(),
        again_in: Duration::from_secs(40),
    };
    let mut watch = Watch::new(Script::default().page(Err(busy)));
    let Step::Lost { next_try, .. } = watch.step().await else {
        panic!("it is lost");
    };
    let (rest, wait) = (Duration::from_secs(40), next_try - Instant::now());
    assert!(rest < wait && wait <= rest + FIRST_WAIT, "{wait:?}");
}

#[tokio::test(start_paused = true)]
async fn pages_of_different_lists_are_none() {
    for second in [page(&["b"], "5", None), page(&["b"], "4", Some("next"))] {
        let script = Script::default()
            .page(Ok(page(&["a"], "4", Some("next"))))
            .page(Ok(second));
        let mut watch = Watch::new(script.clone());
        let Step::Lost { error, .. } = watch.step().await else {
            panic!("it is no list");
        };
        assert!(matches!(error, Error::Garbled { .. }), "{error}");
        assert_eq!(script.asked(), ["list -", "list next"]);
    }
}

#[test]
fn a_list_whose_pages_do_not_end_is_none() {
    let mut pages = crate::list::Pages::default();
    let mut added = (0..).map(|n| pages.add(page(&[], "4", Some(&n.to_string()))));
    let error = added.find_map(Result::err).unwrap();
    assert!(error.to_string().contains("do not end"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_opens_and_brings_nothing_is_not_live_again() {
    let script = Script::default()
        .page(Ok(page(&["a"], "5", None)))
        .watch(Ok(vec![Err(down())]))
        .watch(Ok(vec![]))
        .watch(Ok(vec![Err(down())]));
    let mut watch = Watch::new(script.clone());
    for expected in ["listed a", "lost 1", "lost 2"] {
        assert_eq!(told(&mut watch).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_was_listed_is_not_refused_by_being_not_found() {
    let not_found = || Error::NotFound {
        what: "x".into(),
        message: "no".into(),
    };
    let script = Script::default()
        .page(Err(not_found()))
        .page(Ok(page(&["a"], "5", None)))
        .watch(Err(not_found()));
    let mut watch = Watch::new(script);
    for expected in ["refused", "listed a", "lost 1"] {
        assert_eq!(told(&mut watch).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn what_there_is_comes_as_the_beginning_of_the_watch() {
    let gone = Versioned {
        change: Change::Removed(pod("b")),
        version: "6".to_owned(),
    };
    let begins = vec![
        Ok(put("b", "2")),
        Ok(put("a", "3")),
        Ok(bookmark("5")),
        Ok(gone),
        Ok(all_told("7")),
        Ok(put("c", "8")),
    ];
    let script = Script::default()
        .present(Ok(begins))
        .watch(Ok(vec![Ok(put("d", "9"))]));
    let mut watch = Watch::new(script.clone());
    assert_eq!(told(&mut watch).await, "listed a");
    assert_eq!(told(&mut watch).await, "put c");
    assert_eq!(told(&mut watch).await, "put d");
    assert_eq!(script.asked(), ["present", "watch 8"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_offers_no_such_watch_is_asked_for_pages() {
    let ends = || Ok(vec![Ok(put("a", "2"))]);
    for refused in [Err(invalid()), ends()] {
        let script = Script::default()
            .present(refused)
            .present(Ok(vec![Ok(all_told("9"))]))
            .page(Ok(page(&["a"], "5", None)))
            .watch(Err(gone()))
            .page(Ok(page(&["b"], "6", None)));
        let mut watch = Watch::new(script.clone());
        assert_eq!(told(&mut watch).await, "listed a");
        assert_eq!(told(&mut watch).await, "listed b");
        // It is asked once.
        assert_eq!(script.asked(), ["present", "list -", "watch 5", "list -"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_beginning_that_does_not_go_on_is_given_up() {
    let script = Script::default()
        .present(Ok(vec![Ok(put("a", "2"))]))
        .stays_open()
        .page(Ok(page(&["a", "b"], "5", None)));
    let mut watch = Watch::new(script.clone());
    assert_eq!(told(&mut watch).await, "listed a,b");
    assert_eq!(script.asked(), ["present", "list -"]);
}

#[tokio::test(start_paused = true)]
async fn a_beginning_that_fails_is_begun_again_and_what_may_not_be_read_is_told_of_the_list() {
    let denied = || Error::Denied {
        right: MissingRight {
            verb: "list".into(),
            group: String::new(),
            resource: "pods".into(),
            namespace: None,
        },
        message: "no".into(),
    };
    let script = Script::default()
        .present(Ok(vec![Ok(put("a", "2")), Err(down())]))
        .present(Err(denied()))
        .page(Err(denied()))
        .present(Ok(vec![Ok(put("b", "2")), Ok(all_told("3"))]));
    let mut watch = Watch::new(script.clone());
    assert_eq!(told(&mut watch).await, "lost 1");
    assert_eq!(told(&mut watch).await, "refused");
    assert_eq!(told(&mut watch).await, "listed b");
    assert_eq!(script.asked(), ["present", "present", "list -", "present"]);
}
