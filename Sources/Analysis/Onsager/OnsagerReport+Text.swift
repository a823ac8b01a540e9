import Foundation

extension OnsagerReport {
  public var text: String {
    let lines = [heading, ""] + matrixLines + [""] + coefficientLines + chargeLines + fluxLines + noteLines
    return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
  }

  private var heading: String {
    let how: String
    switch options.method {
    case .einstein:
      how = "slope (\(options.estimator.rawValue)) of ⟨ΔR_i · ΔR_j⟩ from \(short(window![0])) to \(short(window![1])) ps"
    case .greenKubo: how = "∫⟨J_i(0) · J_j(t)⟩ dt up to \(short(window![1])) ps of \(quantity.rawValue)"
    case .cepstral: how = "cepstral analysis of the currents' spectra (\(quantity.rawValue))"
    }
    let atoms = zip(species, counts).map { "\($0.symbol)\($1)" }.joined(separator: " ")
    return """
      \(atoms), \(trajectory.frames) frames, \(short(options.temperature)) K, \(short(volume)) Å³, frame of reference: \
      \(options.reference.name)
      \(how)
      errors from \(blockCount) blocks of \(short(blockLength)) ps
      """
  }

  private var matrixLines: [String] {
    var lines = ["L (1/(eV Å ps)), ± standard error", pad("", 6) + species.map { pad($0.symbol, 26) }.joined()]
    for (element, row) in zip(species, onsager) {
      lines.append(pad(element.symbol, 6) + row.map { pad($0.text, 26) }.joined())
    }
    return lines
  }

  private var coefficientLines: [String] {
    var lines = [
      pad("", 6) + pad("D (Å²/ps)", 26) + pad("L self", 26) + pad("L distinct", 26)
        + (ionic == nil ? "" : pad("transference", 26) + "mobility (Å²/(V ps))")
    ]
    for (i, element) in species.enumerated() {
      let ofCharges = ionic.map { [$0.transference[i], $0.mobility[i]] } ?? []
      let parts = [diffusion[i], selfParts[i], distinctParts[i][i]] + ofCharges
      lines.append(pad(element.symbol, 6) + parts.map { pad($0.text, 26) }.joined())
    }
    return lines
  }

  private var chargeLines: [String] {
    guard let ionic else { return [] }
    return [
      "", "conductivity            \(ionic.conductivity.text) S/m",
      "Nernst–Einstein         \(ionic.nernstEinstein.text) S/m",
      "Haven ratio             \(ionic.havenRatio.text)", "ionicity                \(ionic.ionicity.text)",
    ]
  }

  private var fluxLines: [String] {
    guard let fluxes else { return [] }
    var lines = ["", pad("", 6) + pad("∇μ (eV/Å)", 14) + "J (1/(Å² ps))"]
    for (i, element) in species.enumerated() {
      lines.append(pad(element.symbol, 6) + pad(short(fluxes.gradients[i]), 14) + fluxes.fluxes[i].text)
    }
    if let current = fluxes.currentDensity { lines.append("current density \(current.text) A/m²") }
    return lines
  }

  private var noteLines: [String] {
    let list = eigenvalues.map(\.text).joined(separator: ", ")
    let verdict = "\(isPositiveSemidefinite ? "" : "not ")positive semidefinite within the errors"
    var lines = ["", "eigenvalues of L: \(list): \(verdict)"]
    if options.reference == .centerOfMass { lines.append(String(format: "Σ m_i L_ij relative to its parts: %.1e", massSum)) }
    return lines + warnings.map { "warning: \($0)" }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private func short(_ value: Double) -> String { String(format: "%.6g", value) }
}

extension Estimate {
  /// With as many digits as the error has meaning.
  var text: String {
    guard value.isFinite, standardError.isFinite, standardError > 0 else { return String(format: "%.4g", value) }
    let digits = 1 - Int(floor(log10(standardError)))
    if (0...6).contains(digits) { return String(format: "%.\(digits)f ± %.\(digits)f", value, standardError) }
    return String(format: "%.4g ± %.2g", value, standardError)
  }
}
