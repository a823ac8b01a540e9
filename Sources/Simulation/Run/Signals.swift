#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Signals that a run answers at the end of the step: it never dies in the middle of one.
enum Signals {
  /// In order of weight: what any rank asks for most decides.
  enum Request: Double {
    case none = 0
    /// SIGUSR1: checkpoint and go on.
    case checkpoint = 1
    /// SIGINT: checkpoint and stop with status 130.
    case interrupt = 2
    /// SIGTERM: checkpoint and stop with status 143.
    case terminate = 3

    var exitStatus: Int32? {
      switch self {
      case .none, .checkpoint: nil
      case .interrupt: 130
      case .terminate: 143
      }
    }
  }

  // A handler may only store to a flag; one byte each is written in one instruction.
  private nonisolated(unsafe) static let flags = UnsafeMutablePointer<UInt8>.allocate(capacity: 3)

  /// From now on these signals raise flags instead of ending the process.
  static func install() {
    flags.update(repeating: 0, count: 3)
    signal(SIGUSR1) { _ in Signals.flags[0] = 1 }
    signal(SIGINT) { _ in Signals.flags[1] = 1 }
    signal(SIGTERM) { _ in Signals.flags[2] = 1 }
  }

  /// What this rank was asked for; stays until `clearCheckpoint`.
  static var pending: Request {
    if flags[2] != 0 { return .terminate }
    if flags[1] != 0 { return .interrupt }
    return flags[0] != 0 ? .checkpoint : .none
  }

  static func clearCheckpoint() { flags[0] = 0 }
}
