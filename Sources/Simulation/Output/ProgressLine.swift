import Foundation

/// The line that a terminal shows while a stage runs, rewritten in place.
public enum ProgressLine {
  /// Whether standard output ends at a terminal: elsewhere nothing is rewritten in place.
  ///
  /// Open MPI's launcher gives its first rank a pseudo-terminal whatever its own output is, so the launcher's counts too.
  public static var isAvailable: Bool {
    guard isatty(STDOUT_FILENO) == 1 else { return false }
    guard ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_SIZE"] != nil else { return true }
    let output = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(getppid())/fd/1")
    return output.map { $0.hasPrefix("/dev/pts/") || $0.hasPrefix("/dev/tty") } ?? false
  }

  /// "react  42 %  840000 of 2000000 steps  512 steps/s  38 min left", cut to the terminal's width.
  /// - Parameters:
  ///   - steps: nil where it is not known how many there will be.
  ///   - progress: 0 to 1.
  public static func text(
    stage: String, step: Int, of steps: Int?, progress: Double, rate: RunRate?, width: Int
  ) -> String {
    var parts = [stage, "\(Int((100 * progress).rounded(.down))) %", steps.map { "\(step) of \($0) steps" } ?? "\(step) steps"]
    if let rate { parts.append(String(format: "%.3g steps/s", rate.stepsPerSecond)) }
    if let left = rate?.timeLeft { parts.append(HumanDuration.text(left) + " left") }
    return String(parts.joined(separator: "  ").prefix(max(0, width)))
  }

  /// What puts `text` in place of the line before it: back to the start of the line, the text, the rest cleared.
  public static func rewriting(_ text: String) -> String { "\r" + text + "\u{1B}[K" }
}
