import Atomistics
import Diagnostics

/// The fingerprint of a structure: for each pair of species a ≤ b the smeared pair distribution less 1,
///
///     F_ab(R_k) = H_ab(k) / (4π R_k² ΔR N_a N_b / V) − 1,   R_k the middle of bin k,
///
/// with H_ab(k) the ordered pairs in the bin, each a Gaussian of width σ. Two structures have the cosine
/// Σ_ab w_ab F_ab·F′_ab / √(Σ w F·F · Σ w F′·F′) with w_ab = N_a N_b / Σ_{a≤b} N_a N_b.
/// M. Valle and A. R. Oganov, Acta Cryst. A 66, 507 (2010); A. R. Oganov and M. Valle, J. Chem. Phys. 130, 104504 (2009).
public final class Fingerprint: StructureDescriptor {
  /// Å
  public let rMax: Double
  public let binWidth: Double
  public let width: Double
  private let grids: SpeciesGrids
  private let pairs: [(a: Int, b: Int)]
  private let binCount: Int

  public var name: String { "fingerprint" }

  /// - Parameters:
  ///   - elements: of the atoms.
  ///   - rMax: Å; a whole number of bins.
  ///   - width: σ, Å.
  /// - Throws: `Failure.input` for lengths that are not above 0.
  public init(elements: [Element], rMax: Double = 8, binWidth: Double = 0.05, width: Double = 0.1) throws {
    guard rMax > 0, binWidth > 0, width > 0, rMax / binWidth >= 1, rMax / min(binWidth, width) < 1e6 else {
      throw Failure.input("the fingerprint's radius, bin and width must be above 0, and the bin and the width not tiny")
    }
    binCount = Int((rMax / binWidth).rounded())
    (self.rMax, self.binWidth, self.width) = (Double(binCount) * binWidth, binWidth, width)
    let species = Set(elements).sorted()
    pairs = species.indices.flatMap { a in (a..<species.count).map { (a, $0) } }
    grids = SpeciesGrids(species, of: elements, radius: SmearedDistances.reach(rMax: self.rMax, width: width))
  }

  /// F_ab: [pairs of species][bins].
  public func distributions(of frame: Configuration) throws -> [[Double]] {
    guard frame.cell.volume > 0 else {
      throw Failure.input("a fingerprint needs a density, but the structure has no cell")
    }
    try grids.fill(frame)
    return pairs.map { pair in
      let centers = grids.grid(of: grids.species[pair.a]), neighbors = grids.grid(of: grids.species[pair.b])
      var sums = SmearedDistances(neighbors: neighbors, width: width, binWidth: binWidth, binCount: binCount)
      let isLike = pair.a == pair.b
      PairSearch.visit(grids.lattice, centers: centers, neighbors: neighbors, isHalf: isLike, &sums)
      let ideal = 4 * Double.pi * binWidth * Double(centers.count) * Double(neighbors.count) / frame.cell.volume
      return sums.finish().enumerated().map { bin, value in
        let radius = (Double(bin) + 0.5) * binWidth
        return (isLike ? 2 : 1) * value / (ideal * radius * radius) - 1
      }
    }
  }

  /// One vector for the whole structure, weighted so that products of such vectors are the sums above.
  public func vectors(of frame: Configuration, number: Int, in regions: [Region]) throws -> [[Double]?] {
    guard regions.isEmpty else {
      throw Failure.input("a fingerprint is of the whole structure", remedy: "use --method descriptors with --region")
    }
    let counts = pairs.map { pair in
      Double(grids.atoms(of: grids.species[pair.a]).count * grids.atoms(of: grids.species[pair.b]).count)
    }
    let total = counts.reduce(0, +)
    return [
      zip(try distributions(of: frame), counts).flatMap { values, count in
        let weight = (count / total).squareRoot()
        return values.map { weight * $0 }
      }
    ]
  }
}
