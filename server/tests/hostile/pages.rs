//! Pages of objects, problems, logs, runbooks and the history.

use podside_replay::Recording;

use crate::outline::Outline;
use crate::portal::{Hostile, encoded};
use crate::recording::{with_names, with_text};
use crate::text::{harmless, hostile, hostile_name};

/// Compares the pages of a recording with those of its harmless twin.
fn is_inert(recording: impl Fn(&str) -> Recording, text: &str) {
    let name = hostile_name();
    let portal = Hostile::on(vec![
        (recording(text), format!("{name}1")),
        (recording(&harmless(text)), format!("{}1", harmless(&name))),
    ]);
    let [cluster, twin, _] = &portal.clusters[..] else {
        panic!("{:?}", portal.clusters);
    };
    portal.judged(twin);
    let pages = portal.pages(cluster);
    let (shown, plain) = (cluster.trim_end_matches('1'), harmless(&name));
    let (shown, plain) = (encoded(shown), encoded(&plain));
    let mut allowed = Outline::new();
    for (address, _) in pages.values().flatten() {
        allowed.extend(portal.get(&address.replace(&shown, &plain)).outline());
    }
    // An object whose name was cleaned is not found under it.
    for nowhere in [
        "/objects/Pod/none/none?",
        "/logs/Pod/none/none?",
        "/problems/oom-killed/Pod/none/none?",
        "/runbooks/pod?kind=Pod&in=none&name=none&",
    ] {
        let address = format!("{nowhere}cluster={}", encoded(twin));
        allowed.extend(portal.get(&address).outline());
    }
    assert!(pages.len() > 20, "{:?}", pages.keys());
    let mut hostile = 0;
    for (address, page) in pages.values().flatten() {
        assert!(page.status < 500, "{address}: {}", page.status);
        page.is_legible(address);
        let outline = page.outline();
        for element in outline.keys() {
            assert!(allowed.contains_key(element), "{address}: {element:?}");
        }
        for name in ["head", "title", "main"] {
            let of_name = outline.iter().filter(|((it, _), _)| it == name);
            let count: usize = of_name.map(|(_, count)| count).sum();
            assert_eq!(count, 1, "{address}: {name}");
        }
        let body = page.body.split_once("<main").map_or("", |(_, body)| body);
        hostile += usize::from(body.contains("data-evil") && body.contains("[U+200B]"));
    }
    assert!(hostile > 20, "{hostile} pages show hostile text");
}

#[test]
fn every_page_is_the_one_that_harmless_texts_make() {
    is_inert(with_text, &hostile());
}

#[test]
fn every_page_is_the_one_that_harmless_names_make() {
    is_inert(with_names, &hostile_name());
}

/// What an address says is said back by the page that has nothing to show for it.
#[test]
fn no_address_brings_in_what_may_not_be_shown() {
    let serving = Hostile::practice();
    for text in [hostile(), hostile_name()] {
        for (before, after) in [
            ("/?namespace=", ""),
            ("/?cluster=", ""),
            ("/logs?namespace=", ""),
            ("/logs?namespace=shop&target=", ""),
            ("/logs/Pod/shop/", "?container=x"),
            ("/logs/", "/shop/web"),
            ("/objects/Pod/", "/web"),
            ("/objects/", "/shop/web"),
            ("/objects/Pod/shop/web?tab=yaml&path=", ""),
            ("/problems/oom-killed/Pod/shop/", "?container=b"),
            ("/problems/", "/Pod/shop/web"),
            ("/runbooks/", ""),
            ("/runbooks/pod?kind=Pod&in=shop&name=", ""),
            ("/history?words=", ""),
            ("/leftovers?cluster=", ""),
            ("/leftovers/", "/removal"),
            ("/history.csv?words=", ""),
            ("/investigations/", ""),
            ("/shared/", ""),
            ("/shared/", "/markdown"),
            ("/streams/logs.txt?namespace=shop&target=", ""),
            ("/streams/logs.txt?namespace=shop&tail=", ""),
            ("/streams/logs.txt?namespace=shop&cluster=", ""),
            ("/preferences?lang=ja&back=", ""),
            ("/preferences?lang=ja&back=/logs?namespace=", ""),
            ("/no-such-page/", ""),
            ("//", ""),
        ] {
            let mut address = format!("{before}{}{after}", encoded(&text));
            for _ in 0..3 {
                let answer = serving.get(&address);
                answer.is_legible(&address);
                let Some(to) = answer.header("location") else {
                    break;
                };
                assert!(
                    to.starts_with('/') && !to.starts_with("//"),
                    "{address}: {to}"
                );
                address = to.to_owned();
            }
            assert_ne!(
                serving.get(&address).status / 100,
                3,
                "{address} leads on and on"
            );
            let posted = serving.ask("POST", &format!("{before}{}", encoded(&text)), "", "");
            posted.is_legible(before);
        }
    }
}
