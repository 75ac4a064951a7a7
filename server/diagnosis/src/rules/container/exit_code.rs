//! What an exit code means.

use podside_model::Message;

use crate::text::{Text, text};

/// The text that explains an exit code, as a message for an argument `{meaning}`.
pub fn meaning(code: i64) -> Message {
    message("exit.", code)
}

/// The same without the code, for where that stands already.
pub fn bare_meaning(code: i64) -> Message {
    message("exit-means.", code)
}

/// 126 and 127 are the shell's (POSIX, 2.8.2), 128 is the runtime's for a process that it
/// could not start, and above that stands the number of the signal that ended the process.
fn message(texts: &str, code: i64) -> Message {
    let name = match code {
        0 => "done",
        1 => "error",
        2 => "usage",
        126 => "not-executable",
        127 => "not-found",
        128 => "not-started",
        130 => "interrupted",
        132 => "illegal",
        134 => "abort",
        135 => "bus",
        136 => "arithmetic",
        137 => "killed",
        139 => "segfault",
        141 => "pipe",
        143 => "terminated",
        255 => "range",
        129..=192 => "signal",
        _ => "own",
    };
    let message = Message::new(format!("{texts}{name}")).with("code", code);
    if name == "signal" {
        message.with("signal", code - 128)
    } else {
        message
    }
}

/// Each meaning as two texts of the catalogue, with its code and without.
macro_rules! meanings {
    ($($name:literal, $code:literal: $en:literal, $ja:literal;)+) => {
        &[$(
            text(
                concat!("exit.", $name),
                concat!("exit code ", $code, ": ", $en),
                concat!("終了コード ", $code, ": ", $ja),
            ),
            text(concat!("exit-means.", $name), $en, $ja),
        )+]
    };
}

/// The texts of the meanings; they stand in the shared part of the catalogue.
pub(crate) const TEXTS: &[Text] = meanings! {
    "done", "0": "it ended without an error", "エラーなしで終了";
    "error", "1": "the process itself reports an error", "プロセス自身がエラーを報告";
    "usage", "2": "an error of the process itself, often wrong arguments or a crash of its runtime", "プロセス自身のエラー（引数の誤りやランタイムのクラッシュに多い）";
    "not-executable", "126": "the command exists and cannot be executed", "コマンドは存在するが実行できない";
    "not-found", "127": "a shell did not find the command", "シェルがコマンドを見つけられない";
    "not-started", "128": "the runtime could not start the process", "ランタイムがプロセスを起動できない";
    "interrupted", "130": "ended by SIGINT", "SIGINT による終了";
    "illegal", "132": "SIGILL, an instruction that the CPU does not know", "SIGILL、CPU が実行できない命令";
    "abort", "134": "SIGABRT, the process aborted itself", "SIGABRT、プロセス自身による異常終了";
    "bus", "135": "SIGBUS, a bad memory access", "SIGBUS、不正なメモリーアクセス";
    "arithmetic", "136": "SIGFPE, an arithmetic error", "SIGFPE、演算エラー";
    "killed", "137": "SIGKILL, something killed it (the kernel for want of memory, or the kubelet)", "SIGKILL、外部からの強制終了（メモリー不足によるカーネル、または kubelet）";
    "segfault", "139": "SIGSEGV, the process touched memory that is not its own", "SIGSEGV、不正なメモリーアクセスによるクラッシュ";
    "pipe", "141": "SIGPIPE, it wrote to something that had closed", "SIGPIPE、閉じた相手への書き込み";
    "terminated", "143": "SIGTERM, it was asked to end", "SIGTERM、終了要求による終了";
    "range", "255": "the process reports an error, or its exit code was out of range", "プロセスがエラーを報告、または範囲外の終了コード";
    "signal", "{code}": "ended by signal {signal}", "シグナル {signal} による終了";
    "own", "{code}": "a meaning of the application's own", "アプリケーション独自の意味";
};

#[cfg(test)]
mod tests {
    use podside_model::Lang;

    use super::*;
    use crate::texts::resolve_strictly;

    #[test]
    fn every_code_has_a_meaning_in_both_languages() {
        for code in -1..=256 {
            for lang in Lang::ALL {
                let told = resolve_strictly(&meaning(code), lang).unwrap();
                let bare = resolve_strictly(&bare_meaning(code), lang).unwrap();
                assert!(told.contains(&format!(" {code}: ")), "{told}");
                assert!(told.ends_with(&format!(": {bare}")), "{told} / {bare}");
            }
        }
    }
}
