import Atomistics
import Diagnostics
import PotentialKit

/// The embedded-atom method, from a LAMMPS setfl file (`eam/alloy`):
///
///     E = Σ_i F_i(ρ_i) + ½ Σ_i Σ_j φ_ij(r_ij),  ρ_i = Σ_j ρ_j(r_ij)
///     −(1/r) dE/dr_ij = −[F'_i(ρ_i) ρ'_j(r) + F'_j(ρ_j) ρ'_i(r) + φ'_ij(r)]/r
///
/// Functions are tables with LAMMPS's interpolation. A density outside the table continues F as a straight line and
/// is counted in the output's `outOfRangeCount`. M. S. Daw and M. I. Baskes, Phys. Rev. B 29, 6443 (1984).
public final class EAM: Potential {
  public let summary: PotentialSummary
  public let cutoff: Double
  public let addsForcesToGhosts = false
  public let hasActiveSet = false
  public let givesVirials = true
  private let file: SetflFile
  private let path: String?
  private var kernel: EAMKernel?

  /// - Throws: `Failure.input` with the line of the file that is wrong.
  public convenience init(contentsOf path: String) throws {
    self.init(try SetflFile(contentsOf: path), path: path)
  }

  public init(_ file: SetflFile, path: String? = nil) {
    self.file = file
    self.path = path
    cutoff = file.cutoff
    summary = PotentialSummary(
      family: "EAM", file: path, elements: file.elements,
      details: ["cutoff \(file.cutoff) Å, \(file.embedding[0].count) densities, \(file.density[0].count) distances"])
  }

  public func bind(elements: [Element]) throws {
    let types = try elements.map { element in
      guard let type = file.elements.firstIndex(of: element) else {
        throw Failure.input(
          "the EAM potential does not know the element \(element)", at: path.map { Place(file: $0) },
          remedy: "it has \(file.elements.map(\.symbol).joined(separator: ", "))")
      }
      return type
    }
    kernel = EAMKernel(file, types: types)
  }

  public func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    guard let kernel else { throw Failure.runtime("the EAM potential was evaluated before it was bound to elements") }
    kernel.embed(atoms, neighbors, into: output)
    // Also on ranks without atoms: the exchange is collective.
    halo.forward(kernel.slopes, width: 1)
    kernel.addForces(atoms, neighbors, into: output)
    if let virials = output.virials { kernel.addVirials(atoms, neighbors, to: virials) }
  }
}
