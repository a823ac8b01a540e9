/// A moment tensor potential as its file says it: MLIP-2's `.mtp` and the text part of MLIP-3's `.almtp`.
///
/// A. V. Shapeev, Multiscale Model. Simul. 14, 1153 (2016), doi:10.1137/15M1054183. Values here have passed `validate`: every index
/// is in range, every moment is complete before it is read, every number is finite.
public struct MomentTensorFile: Equatable, Sendable {
  public enum RadialBasis: String, CaseIterable, Sendable {
    /// s T_k(x) (b − r)².
    case chebyshev = "RBChebyshev"
    /// The same with r held at `minimumDistance` below it, and a steep pair repulsion there.
    case repulsiveChebyshev = "RBChebyshev_repuls"
  }

  /// m_q = Σ_j f_mu(r_ij) u_x^x u_y^y u_z^z.
  public struct BasicMoment: Hashable, Sendable {
    public var mu, x, y, z: Int
    public init(mu: Int, x: Int, y: Int, z: Int) { (self.mu, self.x, self.y, self.z) = (mu, x, y, z) }
    public var degree: Int { x + y + z }
  }

  /// m_target += factor · m_first · m_second, in the file's order.
  public struct Product: Equatable, Sendable {
    public var first, second, factor, target: Int
    public init(first: Int, second: Int, factor: Int, target: Int) {
      (self.first, self.second, self.factor, self.target) = (first, second, factor, target)
    }
  }

  public var name: String?
  /// Multiplies every radial basis function; the product of the file's global and radial `scaling`.
  public var scaling = 1.0
  /// What configurations call the species, in the order of the radial blocks.
  public var labels: [Int] = [0]
  public var radialBasis = RadialBasis.chebyshev
  /// Å.
  public var minimumDistance = 0.0
  /// Å, the cutoff; strict.
  public var maximumDistance = 0.0
  /// Chebyshev polynomials per radial function, at least 2.
  public var radialBasisSize = 0
  /// Number of radial functions f_mu.
  public var radialFunctionCount = 0
  /// [center][neighbor][mu][k], flat; empty in an untrained file.
  public var radialCoefficients: [Double] = []
  public var basicMoments: [BasicMoment] = []
  public var momentCount = 0
  public var products: [Product] = []
  /// Moments that are the scalars B_s.
  public var scalars: [Int] = []
  /// Energy of a lone atom of each species, eV; empty in an untrained file.
  public var speciesCoefficients: [Double] = []
  /// xi_s, eV; empty in an untrained file.
  public var momentCoefficients: [Double] = []

  public init() {}

  public var speciesCount: Int { labels.count }
  public var isTrained: Bool {
    !radialCoefficients.isEmpty && !speciesCoefficients.isEmpty && momentCoefficients.count == scalars.count
  }
  /// Parameters in MLIP's order: radial coefficients, species coefficients, moment coefficients.
  public var parameterCount: Int {
    speciesCount * speciesCount * radialFunctionCount * radialBasisSize + speciesCount + scalars.count
  }

  /// The level whose complete set has this many scalars, or nil; files do not store it.
  public var level: Int? {
    [1, 2, 5, 9, 16, 29, 52, 92, 163, 288, 500, 864, 1464, 2445].firstIndex(of: scalars.count).map { 2 * $0 + 2 }
  }
}

extension MomentTensorFile {
  /// Whether a selection state of the other file holds for this one: the same function with the same coefficients.
  public func hasSameParameters(as other: MomentTensorFile) -> Bool {
    var renamed = other
    renamed.name = name
    renamed.labels = labels.count == other.labels.count ? labels : other.labels
    return renamed == self
  }
}
