//! The words of a shared investigation's report, in both languages.

use podside_model::{Answer, Lang, SecretKind};

use super::markdown::escaped;

/// The headings, labels and sentences. What they take in is escaped already.
pub(super) struct SharedWords {
    pub(super) summary: &'static str,
    pub(super) target: &'static str,
    pub(super) cluster: &'static str,
    pub(super) runbook: &'static str,
    pub(super) started: &'static str,
    pub(super) last_entry: &'static str,
    pub(super) counts: fn(usize, usize, usize) -> String,
    pub(super) frozen: fn(&str) -> String,
    pub(super) live: &'static str,
    pub(super) shared_by: fn(&str) -> String,
    pub(super) how: &'static str,
    pub(super) evidence: &'static str,
    pub(super) going_on: &'static str,
    pub(super) nothing_wrong: &'static str,
    pub(super) no_cause: &'static str,
    pub(super) goes_on: &'static str,
    pub(super) by: fn(&str) -> String,
    pub(super) by_evidence: &'static str,
    pub(super) by_against: fn(&str) -> String,
    pub(super) went_back: fn(&str, &str) -> String,
    pub(super) allowed: fn(&str) -> String,
    pub(super) ran: &'static str,
    pub(super) told_nothing: &'static str,
    pub(super) noted: fn(&str) -> String,
    pub(super) concluded: &'static str,
    pub(super) from: &'static str,
    pub(super) field: &'static str,
    pub(super) event: &'static str,
    pub(super) log: &'static str,
    pub(super) absence: &'static str,
    pub(super) command: &'static str,
    pub(super) container: &'static str,
    pub(super) asked_for_by: &'static str,
    pub(super) times: fn(u32) -> String,
    pub(super) overruled: &'static str,
    pub(super) who_overruled: fn(&str, &str, &str) -> String,
    pub(super) nobody_overruled: &'static str,
    pub(super) hidden: &'static str,
    pub(super) hidden_here: &'static str,
    pub(super) why_hidden: &'static str,
    pub(super) in_note: fn(&str) -> String,
    pub(super) in_text: &'static str,
    pub(super) nothing_hidden: &'static str,
    pub(super) comma: &'static str,
    pub(super) brackets: fn(&str) -> String,
    answers: [&'static str; 3],
    secrets: [&'static str; 4],
}

impl SharedWords {
    pub(super) fn of(lang: Lang) -> Self {
        match lang {
            Lang::En => Self {
                summary: "Summary",
                target: "Object",
                cluster: "Cluster",
                runbook: "Runbook",
                started: "Started",
                last_entry: "Last entry",
                counts: |steps, pieces, against| {
                    format!(
                        "Steps answered: {steps}; pieces of evidence: {pieces}; answers against the evidence: {against}"
                    )
                },
                frozen: |at| format!("As it stood at {at}"),
                live: "Goes on with the investigation",
                shared_by: |who| format!(", shared by {who}"),
                how: "Time line",
                evidence: "Evidence of the steps",
                going_on: "Not concluded yet",
                nothing_wrong: "Nothing wrong found",
                no_cause: "No cause found",
                goes_on: "Goes on in another runbook",
                by: |who| format!("answered by {who}"),
                by_evidence: "answered automatically, as the evidence says",
                by_against: |who| format!("answered by {who}, against what the evidence suggested"),
                went_back: |who, question| format!("{who} went back to: {question}"),
                allowed: |who| format!("{who} allowed a test"),
                ran: "Test for",
                told_nothing: "it gave no answer",
                noted: |who| format!("Note by {who}"),
                concluded: "Conclusion",
                from: "Source",
                field: "field",
                event: "event",
                log: "log line",
                absence: "not there",
                command: "command",
                container: "container",
                asked_for_by: "asked for by",
                times: |n| format!("{n} times"),
                overruled: "Answers against the evidence",
                who_overruled: |who, question, answer| {
                    format!(
                        "{who} answered **{answer}** to “{question}”, although the evidence suggested another answer."
                    )
                },
                nobody_overruled: "None: nobody answered otherwise than the evidence suggested.",
                hidden: "hidden",
                hidden_here: "Hidden in this report",
                why_hidden: "What looks like a secret is replaced before anything is kept, so that the report can be passed on. The values are stored nowhere; equal numbers were equal values, in notes within one note.",
                in_note: |at| format!("in the note of {at}"),
                in_text: "in what was read from the cluster",
                nothing_hidden: "Nothing: no value looked like a secret.",
                comma: ", ",
                brackets: |text| format!(" ({text})"),
                answers: ["Yes", "No", "Can’t tell"],
                secrets: ["bearer token", "password", "access key", "private key"],
            },
            Lang::Ja => Self {
                summary: "概要",
                target: "対象",
                cluster: "クラスター",
                runbook: "ランブック",
                started: "開始",
                last_entry: "最後の記録",
                counts: |steps, pieces, against| {
                    format!(
                        "回答済みの手順 {steps} 件、根拠 {pieces} 件、根拠の示す回答と異なる回答 {against} 件"
                    )
                },
                frozen: |at| format!("{at} 時点の内容"),
                live: "調査の進行に合わせて更新",
                shared_by: |who| format!("、共有者 {who}"),
                how: "時系列",
                evidence: "各手順の根拠",
                going_on: "結論はまだない",
                nothing_wrong: "異常なし",
                no_cause: "原因は特定できず",
                goes_on: "別のランブックへ続く",
                by: |who| format!("回答: {who}"),
                by_evidence: "根拠に従って自動で回答",
                by_against: |who| format!("回答: {who}、根拠の示す回答とは異なる"),
                went_back: |who, question| format!("{who} が戻った先: {question}"),
                allowed: |who| format!("{who} がテストを許可"),
                ran: "テスト",
                told_nothing: "判断できず",
                noted: |who| format!("{who} のメモ"),
                concluded: "結論",
                from: "出典",
                field: "フィールド",
                event: "イベント",
                log: "ログ行",
                absence: "存在しない",
                command: "コマンド",
                container: "コンテナ",
                asked_for_by: "参照元",
                times: |n| format!("{n} 回"),
                overruled: "根拠の示す回答と異なる回答",
                who_overruled: |who, question, answer| {
                    format!(
                        "{who} は「{question}」に **{answer}** と回答しました。根拠は別の回答を示していました。"
                    )
                },
                nobody_overruled: "ありません。すべての回答が、根拠の示す回答と一致しています。",
                hidden: "非表示",
                hidden_here: "このレポートで非表示の値",
                why_hidden: "秘密情報らしい値は、レポートを渡せるように、保存する前に置き換えられています。元の値はどこにも残っていません。同じ番号は同じ値でした（メモでは、そのメモの中に限ります）。",
                in_note: |at| format!("{at} のメモ"),
                in_text: "クラスターから読み取った内容",
                nothing_hidden: "ありません。秘密情報らしい値は見つかりませんでした。",
                comma: "、",
                brackets: |text| format!("（{text}）"),
                answers: ["はい", "いいえ", "わからない"],
                secrets: ["bearer トークン", "パスワード", "アクセスキー", "秘密鍵"],
            },
        }
    }

    pub(super) const fn answer(&self, answer: Answer) -> &'static str {
        let [yes, no, unknown] = self.answers;
        match answer {
            Answer::Yes => yes,
            Answer::No => no,
            Answer::Unknown => unknown,
        }
    }

    pub(super) const fn secret(&self, secret: SecretKind) -> &'static str {
        let [bearer_token, password, access_key, private_key] = self.secrets;
        match secret {
            SecretKind::BearerToken => bearer_token,
            SecretKind::Password => password,
            SecretKind::AccessKey => access_key,
            SecretKind::PrivateKey => private_key,
        }
    }

    /// A fact behind what was said, if there is one.
    pub(super) fn after(&self, fact: Option<&str>) -> String {
        let fact = fact.map(|fact| format!("{}{}", self.comma, escaped(fact)));
        fact.unwrap_or_default()
    }
}
