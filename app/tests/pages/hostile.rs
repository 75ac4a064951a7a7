//! Pages whose every text is markup: to a browser they are the same as with plain text.

use podside_app::PortalError;
use podside_model::Lang;
use serde_json::Value;

use crate::fixture::{Answers, LANGUAGES};
use crate::kept::{Kept, TOKEN};
use crate::outline::{beyond, outline, title};
use crate::render::render;
use crate::triage_unwell::restless;

/// What ends a title, a script, an attribute, a comment, and begins something else.
const MARKUP: &str = "</title></script></textarea><meta http-equiv=refresh content=0;url=//evil.example>\
    \"><img src=x onerror=alert(1)>' onfocus=alert(1) x='<!-- ]]> &lt;b&gt; {{x}}";

/// A text of the same length in which nothing is markup.
fn without_markup(text: &str) -> String {
    text.replace(['<', '>', '"', '\'', '&'], "x")
}

/// `page` with `text` in the place of every text that need not be another: a type, a
/// moment and the like cannot be read back with it, and stay.
pub(crate) fn poisoned<T: serde::Serialize + serde::de::DeserializeOwned>(
    page: &T,
    text: &str,
) -> T {
    let mut whole = serde_json::to_value(page).unwrap();
    let mut texts = Vec::new();
    find(&whole, String::new(), &mut texts);
    assert!(!texts.is_empty());
    for pointer in texts {
        let place = whole.pointer_mut(&pointer).unwrap();
        let was = std::mem::replace(place, text.into());
        if serde_json::from_value::<T>(whole.clone()).is_err() {
            *whole.pointer_mut(&pointer).unwrap() = was;
        }
    }
    serde_json::from_value(whole).unwrap()
}

/// The JSON Pointers of all texts.
fn find(value: &Value, pointer: String, texts: &mut Vec<String>) {
    match value {
        Value::String(_) => texts.push(pointer),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                find(item, format!("{pointer}/{at}"), texts);
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                find(item, format!("{pointer}/{key}"), texts);
            }
        }
        _ => {}
    }
}

async fn rendered(address: &str, lang: Lang, answers: Answers, text: &str) -> String {
    let poisoned = Answers {
        everywhere: Some(text.to_owned()),
        ..answers
    };
    render("hostile", address, lang, poisoned).await.html
}

/// Renders a page with markup for every text, and with plain text, and compares.
async fn is_inert(address: &str, answers: Answers) {
    for lang in LANGUAGES {
        let hostile = rendered(address, lang, answers.clone(), MARKUP).await;
        let harmless = rendered(address, lang, answers.clone(), &without_markup(MARKUP)).await;
        let more = beyond(&outline(&hostile), &outline(&harmless));
        assert!(more.is_empty(), "{address}: {more:#?}\n{hostile}");
        let (hostile, harmless) = (title(&hostile), title(&harmless));
        assert!(!hostile.is_empty(), "{address} has no title");
        assert_eq!(without_markup(&hostile), harmless, "the title of {address}");
    }
}

#[tokio::test]
async fn no_page_takes_what_it_is_told_for_markup() {
    for address in [
        "/",
        "/?namespace=retail",
        "/problems/pvc-unbound/PersistentVolumeClaim/retail/data-postgres-0",
        "/problems/pvc-unbound/PersistentVolumeClaim/retail/data-postgres-0?show=1",
        "/objects/Pod/orders/worker",
        "/objects/Pod/orders/worker?tab=events",
        "/objects/Pod/orders/worker?tab=logs",
        "/objects/Pod/orders/worker?tab=yaml&path=%2Fspec%2Fcontainers%2F0%2Fimage",
        "/logs",
        "/logs?namespace=retail",
        "/logs/Pod/retail/web",
        "/runbooks/service?kind=Service&in=shop&name=cart",
        "/investigations/7",
        "/investigations/7/share",
        "/investigations/7/links",
        "/problems/pvc-unbound/PersistentVolumeClaim/retail/data-postgres-0/share",
        "/history?words=cart",
        "/leftovers",
        "/objects",
        "/objects?kind=pods",
        "/objects?kind=pods&namespace=retail&sort=-Restarts&columns=wide",
        "/events",
        "/events?namespace=orders&order=object",
    ] {
        is_inert(address, Answers::default()).await;
    }
}

#[tokio::test]
async fn nothing_that_has_no_cause_is_markup() {
    for address in ["/", "/objects/Deployment/catalog/search"] {
        is_inert(address, restless()).await;
    }
}

#[tokio::test]
async fn no_kept_investigation_is_markup() {
    for kept in [Kept::Walking, Kept::Asking, Kept::Concluded, Kept::Problem] {
        is_inert("/investigations/7?tree=all", Answers::keeping(kept)).await;
        is_inert(&format!("/shared/{TOKEN}"), Answers::keeping(kept)).await;
    }
}

#[tokio::test]
async fn no_failure_is_markup() {
    let what = || "told".to_owned();
    for error in [
        PortalError::NotFound { what: what() },
        PortalError::Unavailable { what: what() },
        PortalError::Invalid { what: what() },
    ] {
        is_inert("/", Answers::failing(error)).await;
    }
}

/// What an address says stands on the page that it leads to.
#[tokio::test]
async fn no_address_becomes_markup() {
    let encoded = |text: &str| -> String {
        let bytes = text.bytes();
        bytes.map(|byte| format!("%{byte:02X}")).collect()
    };
    for (before, after) in [
        ("/logs?namespace=", ""),
        ("/logs/Pod/", "/web"),
        ("/logs/Pod/retail/", ""),
        ("/objects/Pod/orders/", ""),
        ("/?cluster=", ""),
        ("/?namespace=", ""),
        ("/history?words=", ""),
        ("/objects?kind=", ""),
        ("/objects?kind=pods&labels=", ""),
        ("/objects?kind=pods&find=", ""),
        ("/objects?kind=pods&sort=", ""),
        ("/events?find=", ""),
        ("/events?reason=", ""),
        ("/problems/oom-killed/Pod/a/", "?container=b"),
        ("/runbooks/", ""),
        ("/shared/", ""),
        ("/no-such-page/", ""),
    ] {
        let page = async |text: &str| {
            let address = format!("{before}{}{after}", encoded(text));
            render("address", &address, Lang::En, Answers::default())
                .await
                .html
        };
        let (hostile, harmless) = (page(MARKUP).await, page(&without_markup(MARKUP)).await);
        let more = beyond(&outline(&hostile), &outline(&harmless));
        assert!(more.is_empty(), "{before}: {more:#?}\n{hostile}");
        assert_eq!(without_markup(&title(&hostile)), title(&harmless));
    }
}

#[test]
fn the_test_finds_what_it_looks_for() {
    let page = |text: &str| format!("<html><head><title>{text}</title></head><body></body></html>");
    assert!(
        !beyond(
            &outline(&page(MARKUP)),
            &outline(&page(&without_markup(MARKUP)))
        )
        .is_empty()
    );
}
