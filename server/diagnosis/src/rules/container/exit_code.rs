//! What an exit code means.

use podside_model::Message;

use crate::text::{Text, text};

/// The text that explains an exit code, as a message for an argument `{meaning}`.
///
/// 126 and 127 are the shell's (POSIX, 2.8.2), 128 is the runtime's for a process that it
/// could not start, and above that stands the number of the signal that ended the process.
pub fn meaning(code: i64) -> Message {
    let id = match code {
        0 => "exit.done",
        1 => "exit.error",
        2 => "exit.usage",
        126 => "exit.not-executable",
        127 => "exit.not-found",
        128 => "exit.not-started",
        130 => "exit.interrupted",
        132 => "exit.illegal",
        134 => "exit.abort",
        135 => "exit.bus",
        136 => "exit.arithmetic",
        137 => "exit.killed",
        139 => "exit.segfault",
        141 => "exit.pipe",
        143 => "exit.terminated",
        255 => "exit.range",
        129..=192 => {
            return Message::new("exit.signal")
                .with("code", code)
                .with("signal", code - 128);
        }
        _ => "exit.own",
    };
    Message::new(id).with("code", code)
}

/// The texts of the meanings; they stand in the shared part of the catalogue.
pub(crate) const TEXTS: &[Text] = &[
    text(
        "exit.done",
        "exit code 0: it ended without an error",
        "終了コード 0: エラーなしで終了",
    ),
    text(
        "exit.error",
        "exit code 1: the process itself reports an error",
        "終了コード 1: プロセス自身がエラーを報告",
    ),
    text(
        "exit.usage",
        "exit code 2: an error of the process itself, often wrong arguments or a crash of its runtime",
        "終了コード 2: プロセス自身のエラー（引数の誤りやランタイムのクラッシュに多い）",
    ),
    text(
        "exit.not-executable",
        "exit code 126: the command exists and cannot be executed",
        "終了コード 126: コマンドは存在するが実行できない",
    ),
    text(
        "exit.not-found",
        "exit code 127: a shell did not find the command",
        "終了コード 127: シェルがコマンドを見つけられない",
    ),
    text(
        "exit.not-started",
        "exit code 128: the runtime could not start the process",
        "終了コード 128: ランタイムがプロセスを起動できない",
    ),
    text(
        "exit.interrupted",
        "exit code 130: ended by SIGINT",
        "終了コード 130: SIGINT による終了",
    ),
    text(
        "exit.illegal",
        "exit code 132: SIGILL, an instruction that the CPU does not know",
        "終了コード 132: SIGILL、CPU が実行できない命令",
    ),
    text(
        "exit.abort",
        "exit code 134: SIGABRT, the process aborted itself",
        "終了コード 134: SIGABRT、プロセス自身による異常終了",
    ),
    text(
        "exit.bus",
        "exit code 135: SIGBUS, a bad memory access",
        "終了コード 135: SIGBUS、不正なメモリーアクセス",
    ),
    text(
        "exit.arithmetic",
        "exit code 136: SIGFPE, an arithmetic error",
        "終了コード 136: SIGFPE、演算エラー",
    ),
    text(
        "exit.killed",
        "exit code 137: SIGKILL, something killed it (the kernel for want of memory, or the kubelet)",
        "終了コード 137: SIGKILL、外部からの強制終了（メモリー不足によるカーネル、または kubelet）",
    ),
    text(
        "exit.segfault",
        "exit code 139: SIGSEGV, the process touched memory that is not its own",
        "終了コード 139: SIGSEGV、不正なメモリーアクセスによるクラッシュ",
    ),
    text(
        "exit.pipe",
        "exit code 141: SIGPIPE, it wrote to something that had closed",
        "終了コード 141: SIGPIPE、閉じた相手への書き込み",
    ),
    text(
        "exit.terminated",
        "exit code 143: SIGTERM, it was asked to end",
        "終了コード 143: SIGTERM、終了要求による終了",
    ),
    text(
        "exit.range",
        "exit code 255: the process reports an error, or its exit code was out of range",
        "終了コード 255: プロセスがエラーを報告、または範囲外の終了コード",
    ),
    text(
        "exit.signal",
        "exit code {code}: ended by signal {signal}",
        "終了コード {code}: シグナル {signal} による終了",
    ),
    text(
        "exit.own",
        "exit code {code}: a meaning of the application's own",
        "終了コード {code}: アプリケーション独自の意味",
    ),
];

#[cfg(test)]
mod tests {
    use podside_model::Lang;

    use super::*;
    use crate::texts::resolve_strictly;

    #[test]
    fn every_code_has_a_meaning_in_both_languages() {
        for code in -1..=256 {
            for lang in Lang::ALL {
                assert!(resolve_strictly(&meaning(code), lang).is_ok(), "{code}");
            }
        }
    }
}
