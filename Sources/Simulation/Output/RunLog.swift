import Diagnostics
import Formats
import Foundation

/// The run's one voice: lines on the terminal and in `log.txt`, from root alone.
final class RunLog {
  private let file: AppendFile?
  private let isRoot: Bool
  private let live: LiveLine?

  /// Root's log goes on at the end of the file if there is one. Other ranks' logs say nothing.
  init(path: String, isRoot: Bool) throws {
    self.isRoot = isRoot
    guard isRoot else {
      (file, live) = (nil, nil)
      return
    }
    if let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int {
      file = try AppendFile(continuing: path, at: size)
    } else {
      file = try AppendFile(creating: path)
    }
    live = LiveLine()
  }

  /// Appends a line (or several, separated by newlines). A log that cannot be written must not end a run that can go on.
  func write(_ text: String) {
    guard isRoot else { return }
    live?.clear()
    writeToTerminal(text + "\n")
    try? file?.append(line: text)
    try? file?.flush()
  }

  /// Replaces the terminal's last line while the run goes on; nothing in the file. `text` gets the line's width.
  func progress(_ text: (Int) -> String) { live?.show(text) }
}

/// One line at the bottom of a terminal that is written over and over; nothing where output is not a terminal.
private final class LiveLine {
  private let isTerminal = ProgressLine.isAvailable
  private var shown = 0.0
  private var isVisible = false

  /// At most five times a second: a terminal over a network is slow.
  func show(_ text: (Int) -> String) {
    guard isTerminal else { return }
    let now = monotonicSeconds()
    guard now - shown > 0.2 else { return }
    shown = now
    isVisible = true
    writeToTerminal(ProgressLine.rewriting(text(terminalWidth())))
  }

  func clear() {
    guard isVisible else { return }
    writeToTerminal(ProgressLine.rewriting(""))
    isVisible = false
  }
}

/// Unbuffered: what was said must be visible when the next thing goes wrong.
private func writeToTerminal(_ text: String) {
  try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
}

private func terminalWidth() -> Int {
  var size = winsize()
  return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) - 1 : 79
}
