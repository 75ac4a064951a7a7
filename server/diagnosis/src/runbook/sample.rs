//! A small runbook for the tests.

use podside_model::ObjectRef;

use super::{Names, Runbook, Vocabulary, read};

const SOURCE: &str = "\
id: sample
version: 1
title: {en: Sample, ja: 見本}
about: {en: About, ja: 説明}
targets: [Pod]
steps:
  - id: pending
    question: {en: 'Is Pod {pod} Pending?', ja: 'Pod {pod} は Pending ですか？'}
    why: {en: Because., ja: 理由。}
    check: {cel: \"pod.phase == 'Pending'\"}
    docs: &docs {url: 'https://kubernetes.io/', title: {en: Docs, ja: 文書}}
    yes: {step: room}
    no: {step: crashing}
    unknown: {step: crashing}
  - id: room
    question: {en: 'Is there no room?', ja: '空きはありませんか？'}
    why: {en: Because., ja: 理由。}
    check: {causes: [insufficient-cpu, insufficient-memory]}
    docs: *docs
    yes: {found: {en: 'Read the event.', ja: 'イベントを読む。'}}
    no: {open: {en: 'Ask.', ja: '尋ねる。'}}
    unknown: {open: {en: 'Ask.', ja: '尋ねる。'}}
  - id: crashing
    question: {en: 'Does it crash?', ja: 'クラッシュしていますか？'}
    why: {en: Because., ja: 理由。}
    check: {cel: \"pod.containers.exists(c, c.restartCount > 0)\"}
    docs: *docs
    yes: {step: look-inside}
    no: {nothing-wrong: {en: 'Fine.', ja: '正常。'}}
    unknown: {step: look-inside}
  - id: look-inside
    question: {en: 'Do you see it?', ja: '見えますか？'}
    why: {en: Because., ja: 理由。}
    check: {ask: true}
    docs: *docs
    yes: {cause: app-exits-with-error, text: {en: 'It ends.', ja: '終了する。'}}
    no: {open: {en: 'Ask.', ja: '尋ねる。'}}
    unknown: {open: {en: 'Ask.', ja: '尋ねる。'}}
";

pub(super) fn runbook() -> Runbook {
    let vocabulary = Vocabulary {
        is_cause: &|_| true,
        runbooks: &[],
    };
    read(SOURCE, vocabulary).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

pub(super) fn names() -> Names {
    Names {
        target: ObjectRef::namespaced("Pod", "shop", "cart-1"),
        pod: Some("cart-1".to_owned()),
        container: None,
    }
}
