import Numerics

/// Symmetric tensors as six components in Voigt's order xx, yy, zz, yz, xz, xy.
public enum Voigt {
  /// The pair of Cartesian directions of each component.
  public static let pairs = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]
  public static let names = ["xx", "yy", "zz", "yz", "xz", "xy"]

  /// The components of a stress: each element once.
  public static func stress(_ tensor: Matrix3) -> [Double] {
    pairs.map { 0.5 * (tensor[$0, $1] + tensor[$1, $0]) }
  }

  /// The strain of components ε1 to ε6, in which a shear counts twice (ε6 = 2 ε_xy).
  public static func strain(_ components: [Double]) -> Matrix3 {
    var tensor = Matrix3.zero
    for (component, (i, j)) in zip(components, pairs) {
      tensor[i, j] = i == j ? component : 0.5 * component
      tensor[j, i] = tensor[i, j]
    }
    return tensor
  }
}

/// The symmetric deformation gradient F of a Lagrangian strain η = (FᵀF − 1)/2: the square root of 1 + 2η.
///
/// Newton's iteration for the square root, which converges quadratically near the identity. `strain`: symmetric, well
/// below 1/2.
public func deformationGradient(lagrangianStrain strain: Matrix3) -> Matrix3 {
  let square = Matrix3.identity + 2 * strain
  var root = Matrix3.identity + strain
  for _ in 0..<6 { root = 0.5 * (root + square * root.inverse) }
  return 0.5 * (root + root.transpose)
}
