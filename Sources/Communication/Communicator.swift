import CMPI
import Diagnostics

/// The ranks of a run. Wraps one MPI communicator; every method that moves data is collective unless it says otherwise.
public final class Communicator: @unchecked Sendable {
  let handle: MPI_Comm
  public let rank: Int
  public let size: Int
  public var isRoot: Bool { rank == 0 }

  init(handle: MPI_Comm) {
    self.handle = handle
    var value: Int32 = 0
    MPI_Comm_rank(handle, &value)
    rank = Int(value)
    MPI_Comm_size(handle, &value)
    size = Int(value)
  }

  /// All ranks; starts MPI on first use.
  public static let world: Communicator = {
    precondition(swmd_mpi_init() == 0)
    return Communicator(handle: swmd_mpi_world())
  }()

  /// This process by itself.
  public static let alone: Communicator = {
    precondition(swmd_mpi_init() == 0)
    return Communicator(handle: swmd_mpi_self())
  }()

  /// Ends MPI; nothing may communicate afterwards.
  public static func finalize() {
    if swmd_mpi_is_finalized() == 0 { MPI_Finalize() }
  }

  /// Ends all ranks at once, for errors that only one of them met and the others cannot learn of.
  public func abort(status: Int32) -> Never {
    MPI_Abort(handle, status)
    fatalError("MPI_Abort returned")
  }

  public func barrier() { MPI_Barrier(handle) }
}
