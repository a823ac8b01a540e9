import Diagnostics

extension MomentTensorFile {
  /// Highest power of a unit vector that is accepted; the deepest distributed level has 10.
  static let highestDegree = 30

  /// Checks everything that evaluation relies on.
  /// - Parameter place: where a key stands, or the file for nil.
  /// - Throws: `Failure.input`.
  public func validate(place: (String?) -> Place) throws {
    func require(_ condition: Bool, _ key: String?, _ message: @autoclosure () -> String, _ remedy: String) throws {
      if !condition { throw Failure.input(message(), at: place(key), remedy: remedy) }
    }
    let damaged = "the file is damaged: copy it again"
    try require(
      scaling > 0 && scaling.isFinite, "scaling", "scaling is \(scaling)", "it must be a positive number")
    try require(
      minimumDistance >= 0 && minimumDistance < maximumDistance, "min_dist",
      "min_dist (\(minimumDistance) Å) and max_dist (\(maximumDistance) Å) are not 0 <= min_dist < max_dist", "correct them")
    try require(radialBasisSize >= 2, "radial_basis_size", "radial_basis_size is \(radialBasisSize)", "it must be at least 2")
    try require(!basicMoments.isEmpty, "alpha_index_basic", "alpha_index_basic is empty", damaged)
    try require(!scalars.isEmpty, "alpha_moment_mapping", "alpha_moment_mapping is empty", damaged)
    try validateBasicMoments(require)
    try validateGraph(require)
    let rows = speciesCount * speciesCount
    if !radialCoefficients.isEmpty {
      // Counts come from the file and may be absurd: compare without multiplying them blindly.
      let perPair = radialFunctionCount.multipliedReportingOverflow(by: radialBasisSize)
      let total = perPair.partialValue.multipliedReportingOverflow(by: rows)
      try require(
        !perPair.overflow && !total.overflow && total.partialValue == radialCoefficients.count, "radial_coeffs",
        "radial_coeffs has \(radialCoefficients.count) numbers where "
          + "\(speciesCount)² pairs × \(radialFunctionCount) functions × \(radialBasisSize) are needed", damaged)
    }
    try require(
      speciesCoefficients.isEmpty || speciesCoefficients.count == speciesCount, "species_coeffs",
      "species_coeffs has \(speciesCoefficients.count) numbers but there are \(speciesCount) species", damaged)
    try require(
      momentCoefficients.isEmpty || momentCoefficients.count == scalars.count, "moment_coeffs",
      "moment_coeffs has \(momentCoefficients.count) numbers but alpha_scalar_moments is \(scalars.count)", damaged)
    try require(
      (radialCoefficients + speciesCoefficients + momentCoefficients).allSatisfy(\.isFinite), nil,
      "a coefficient is not finite", damaged)
  }

  private typealias Require = (Bool, String?, @autoclosure () -> String, String) throws -> Void

  private func validateBasicMoments(_ require: Require) throws {
    for (index, moment) in basicMoments.enumerated() {
      try require(
        moment.mu >= 0 && moment.mu < radialFunctionCount, "alpha_index_basic",
        "entry \(index) of alpha_index_basic has mu = \(moment.mu) but radial_funcs_count is \(radialFunctionCount)",
        "mu counts from 0")
      let powers = [moment.x, moment.y, moment.z]
      try require(
        powers.allSatisfy { (0...Self.highestDegree).contains($0) } && moment.degree <= Self.highestDegree,
        "alpha_index_basic", "entry \(index) of alpha_index_basic has the powers \(powers)",
        "powers are 0 or more and sum to at most \(Self.highestDegree)")
    }
    let highest = basicMoments.map(\.mu).max() ?? -1
    try require(
      highest + 1 == radialFunctionCount, "radial_funcs_count",
      "radial_funcs_count is \(radialFunctionCount) but alpha_index_basic uses mu up to \(highest)", "correct either")
  }

  /// Every read finds a complete moment: basic, or a target of products that all stand earlier in the file.
  private func validateGraph(_ require: Require) throws {
    let basic = basicMoments.count, damaged = "the file is damaged: copy it again"
    // Values are addressed by 32-bit offsets of 64 bytes each.
    try require(
      products.count < 10_000_000 && basic < 1_000_000, "alpha_index_times", "the contraction graph is too large", damaged)
    try require(
      momentCount >= basic && momentCount - basic <= products.count, "alpha_moments_count",
      "alpha_moments_count is \(momentCount) but \(basic) basic moments and \(products.count) products are given", damaged)
    var lastWrite = [Int](repeating: -1, count: momentCount)
    for (index, product) in products.enumerated() {
      let targetRange = basic..<max(momentCount, basic)
      try require(
        targetRange.contains(product.target), "alpha_index_times",
        "entry \(index) of alpha_index_times writes moment \(product.target), which is not in \(basic) to \(momentCount - 1)",
        damaged)
      lastWrite[product.target] = index
    }
    for (index, product) in products.enumerated() {
      for source in [product.first, product.second] {
        let inRange = (0..<momentCount).contains(source)
        try require(
          inRange && (source < basic || (lastWrite[source] >= 0 && lastWrite[source] < index)), "alpha_index_times",
          "entry \(index) of alpha_index_times reads moment \(source) before it is complete", damaged)
      }
      try require(
        abs(Double(product.factor)) < 0x1p53, "alpha_index_times",
        "entry \(index) of alpha_index_times has the factor \(product.factor)", damaged)
    }
    for (index, scalar) in scalars.enumerated() {
      let defined = (0..<momentCount).contains(scalar) && (scalar < basic || lastWrite[scalar] >= 0)
      try require(
        defined, "alpha_moment_mapping", "entry \(index) of alpha_moment_mapping is \(scalar), which no product defines",
        damaged)
    }
    try require(
      Set(scalars).count == scalars.count, "alpha_moment_mapping", "alpha_moment_mapping has an entry twice", damaged)
  }
}
