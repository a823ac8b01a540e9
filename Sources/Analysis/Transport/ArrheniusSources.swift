import Diagnostics
import Foundation

/// Where diffusion coefficients at several temperatures come from.
public enum ArrheniusSources {
  /// Reads results of `swmd analyze msd`, tables in CSV (columns T, D and, if known, its error), or JSON with the lists T_K,
  /// D_A2_per_ps and sigma_D or D_stderr.
  ///
  /// - Parameters:
  ///   - arguments: paths, or TEMPERATURE=PATH for a result that does not say its temperature.
  ///   - elements: those to keep; empty: all.
  /// - Returns: by name ("D" where a table names none), in the order of the names.
  /// - Throws: `Failure.input` for what cannot be read, or has no temperature.
  public static func read(_ arguments: [String], elements: [String]) throws -> [(name: String, points: [ArrheniusPoint])] {
    var found: [String: [ArrheniusPoint]] = [:]
    for argument in arguments {
      let (path, temperature) = try split(argument)
      for (name, points) in try read(path, temperature) where elements.isEmpty || elements.contains(name) {
        found[name, default: []] += points
      }
    }
    let missing = elements.first { found[$0] == nil }
    guard missing == nil, !found.isEmpty else {
      throw Failure.input(
        "there is no diffusion coefficient\(missing.map { " of \($0)" } ?? "") in \(arguments.joined(separator: ", "))")
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func split(_ argument: String) throws -> (path: String, temperature: Double?) {
    guard let equals = argument.firstIndex(of: "="), !FileManager.default.fileExists(atPath: argument),
      let temperature = Double(argument[..<equals])
    else { return (argument, nil) }
    return (String(argument[argument.index(after: equals)...]), temperature)
  }

  private struct Result: Decodable {
    struct Parameters: Decodable { let temperature_K: Double? }
    struct Species: Decodable {
      let D_A2_per_ps: Double
      let D_stderr: Double?
      let D_interval95: [Double]?

      /// One standard error. The interval's is the wider one where atoms move together.
      var error: Double? {
        guard let interval = D_interval95, interval.count == 2 else { return D_stderr }
        return max(D_stderr ?? 0, (interval[1] - interval[0]) / (2 * 1.959964))
      }
    }
    let parameters: Parameters
    let species: [String: Species]
  }

  private struct Table: Decodable {
    let T_K: [Double]
    let D_A2_per_ps: [Double]
    let sigma_D: [Double]?
    let D_stderr: [Double]?
  }

  private static func read(_ path: String, _ temperature: Double?) throws -> [String: [ArrheniusPoint]] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure.input("the file cannot be read", at: Place(file: path), remedy: "check the path")
    }
    let decoder = JSONDecoder()
    if let result = try? decoder.decode(Result.self, from: data) {
      guard let temperature = temperature ?? result.parameters.temperature_K else {
        throw Failure.input(
          "the result does not say its temperature", at: Place(file: path),
          remedy: "write TEMPERATURE=\(path), or run analyze msd with --temperature")
      }
      return result.species.mapValues {
        [ArrheniusPoint(temperature: temperature, diffusion: $0.D_A2_per_ps, error: $0.error)]
      }
    }
    if let table = try? decoder.decode(Table.self, from: data) {
      let errors = table.sigma_D ?? table.D_stderr
      guard table.T_K.count == table.D_A2_per_ps.count, errors.map({ $0.count == table.T_K.count }) ?? true else {
        throw Failure.input("the lists of T_K, D_A2_per_ps and its errors differ in length", at: Place(file: path))
      }
      return [
        "D": table.T_K.indices.map {
          ArrheniusPoint(temperature: table.T_K[$0], diffusion: table.D_A2_per_ps[$0], error: errors?[$0])
        }
      ]
    }
    return ["D": try rows(String(decoding: data, as: UTF8.self), path)]
  }

  /// Two or three numbers a line, divided by commas or blanks; lines that begin with a letter or # are headers.
  private static func rows(_ text: String, _ path: String) throws -> [ArrheniusPoint] {
    var points: [ArrheniusPoint] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let fields = line.split { $0 == "," || $0.isWhitespace }
      guard let first = fields.first?.first, !first.isLetter, first != "#" else { continue }
      let values = fields.compactMap { Double($0) }
      guard values.count == fields.count, (2...3).contains(values.count) else {
        throw Failure.input(
          "this is no row of temperature (K), D (Å²/ps) and its error", at: Place(file: path, line: number + 1),
          remedy: "give a table of these columns, or results of analyze msd")
      }
      points.append(
        ArrheniusPoint(temperature: values[0], diffusion: values[1], error: values.count > 2 ? values[2] : nil))
    }
    guard !points.isEmpty else {
      throw Failure.input(
        "there are no diffusion coefficients in the file", at: Place(file: path),
        remedy: "give results of analyze msd (JSON), or a table of temperature, D and its error")
    }
    return points
  }
}
