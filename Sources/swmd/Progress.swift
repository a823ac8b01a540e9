import Foundation
import Simulation

/// The line that a terminal shows while a command computes.
struct Progress {
  let isShown: Bool

  func show(_ text: String) {
    guard isShown else { return }
    FileHandle.standardOutput.write(Data(ProgressLine.rewriting(text).utf8))
  }

  /// Clears the line for what comes after it.
  func clear() { show("") }
}
