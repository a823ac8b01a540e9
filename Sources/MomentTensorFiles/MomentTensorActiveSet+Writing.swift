import Foundation

extension MomentTensorActiveSet {
  /// The state in MLIP-3's form, to be appended to a potential's text.
  public var bytes: [UInt8] {
    var energy = 0.0, site = 1.0, scaling = 2
    if case .configuration(let weight, let power) = mode { (energy, site, scaling) = (weight, 0, power) }
    var bytes = Array("\n#MVS_v1.1\n".utf8)
    for (name, weight) in [("energy", energy), ("force", 0), ("stress", 0), ("site_en", site)] {
      bytes += String(format: "\(name)_weight %.16e\n", weight).utf8
    }
    bytes += "weight_scaling \(scaling)\n#".utf8
    for value in rows { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
    for value in inverseTransposed { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
    bytes += "\n#\n".utf8
    for origin in origins { bytes += "\(origin.x) \(origin.y)\n".utf8 }
    bytes += "#\n".utf8
    return bytes + configurations
  }
}
