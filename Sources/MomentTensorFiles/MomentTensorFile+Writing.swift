import Foundation

extension MomentTensorFile {
  /// The file's text in MLIP's order of keys, with 17 significant digits, so that reading it back gives the same values.
  public var text: String {
    var lines = ["MTP", "version = 1.1.0"]
    if let name { lines.append("potential_name = \(name)") }
    if scaling != 1 { lines.append("scaling = \(Self.format(scaling))") }
    lines += [
      "species_count = \(speciesCount)", "potential_tag = ", "radial_basis_type = \(radialBasis.rawValue)",
      "\tmin_dist = \(Self.format(minimumDistance))", "\tmax_dist = \(Self.format(maximumDistance))",
      "\tradial_basis_size = \(radialBasisSize)", "\tradial_funcs_count = \(radialFunctionCount)",
    ]
    lines += radialLines
    lines += [
      "alpha_moments_count = \(momentCount)",
      "alpha_index_basic_count = \(basicMoments.count)",
      "alpha_index_basic = \(Self.braced(basicMoments.map { "{\($0.mu), \($0.x), \($0.y), \($0.z)}" }))",
      "alpha_index_times_count = \(products.count)",
      "alpha_index_times = "
        + Self.braced(products.map { "{\($0.first), \($0.second), \($0.factor), \($0.target)}" }),
      "alpha_scalar_moments = \(scalars.count)",
      "alpha_moment_mapping = \(Self.braced(scalars.map(String.init)))",
    ]
    if !speciesCoefficients.isEmpty {
      lines.append("species_coeffs = \(Self.braced(speciesCoefficients.map(Self.format)))")
    }
    if !momentCoefficients.isEmpty {
      lines.append("moment_coeffs = \(Self.braced(momentCoefficients.map(Self.format)))")
    }
    return lines.joined(separator: "\n")
  }

  private var radialLines: [String] {
    guard !radialCoefficients.isEmpty else { return [] }
    var lines = ["\tradial_coeffs"], row = 0
    for center in labels {
      for neighbor in labels {
        lines.append("\t\t\(center)-\(neighbor)")
        for _ in 0..<radialFunctionCount {
          let values = radialCoefficients[row * radialBasisSize..<(row + 1) * radialBasisSize]
          lines.append("\t\t\t" + Self.braced(values.map(Self.format)))
          row += 1
        }
      }
    }
    return lines
  }

  private static func format(_ value: Double) -> String { String(format: "%.16e", value) }
  private static func braced(_ entries: [String]) -> String { "{" + entries.joined(separator: ", ") + "}" }
}
