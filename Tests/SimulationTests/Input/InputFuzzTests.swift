import Diagnostics
import Numerics
import Simulation
import Testing

@Suite struct InputFuzzTests {
  /// Any change of an input is read or refused with a `Failure`; a trap would end the test run.
  @Test func mutationsAreReadOrRefused() throws {
    let original = Array(SampleInput.complete.utf8)
    let random = CounterRandom(.test, seed: 7)
    var refused = 0
    for round in 0..<20_000 {
      var bytes = original
      for change in 0...(round % 4) {
        let words = random.words(step: UInt64(round), id: UInt64(change))
        mutate(&bytes, words)
      }
      do {
        _ = try SimulationInput.parse(bytes, path: "in.toml").describe()
      } catch let failure as Failure {
        refused += 1
        #expect(failure.kind == .input)
        #expect(failure.place?.file == "in.toml")
      }
    }
    #expect(refused > 5000)
  }

  private static let fragments = [
    "[", "]", "{", "}", "=", "\"", "'''", "\"\"\"", "#", "\n", "\r", ".", ",", "[[stage]]", "nan", "-inf", "1e999",
    "9223372036854775807", "-9223372036854775808", "99999999999999999999", "\\u0000", "\\", "\u{0}", "Å", "true",
    "0x7fffffffffffffff", "1979-05-27", "{}", "[]", "\"\"", "a.b.c = 1\n", "\u{FEFF}", "e", "/", "^",
  ]

  private func mutate(_ bytes: inout [UInt8], _ words: SIMD4<UInt32>) {
    guard !bytes.isEmpty else { return }
    let place = Int(words.x) % bytes.count, other = Int(words.y) % bytes.count
    switch words.z % 6 {
    case 0: bytes[place] = UInt8(truncatingIfNeeded: words.w)
    case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + Int(words.w % 12)))
    case 2: bytes.insert(contentsOf: Self.fragments[Int(words.w) % Self.fragments.count].utf8, at: place)
    case 3: bytes.swapAt(place, other)
    case 4:
      let start = min(place, other)
      bytes.insert(contentsOf: Array(bytes[start..<min(max(place, other), start + 200)]), at: place)
    default: bytes.removeSubrange(place...)
    }
  }

  @Test func fragmentsInPlaceOfAValueAreReadOrRefused() {
    for line in SampleInput.complete.split(separator: "\n") where line.contains(" = ") {
      for fragment in Self.fragments {
        let changed = String(line.split(separator: "=")[0]) + "= " + fragment
        let text = SampleInput.complete.replacing(line, with: changed)
        #expect(throws: Never.self, "\(changed)") {
          do { _ = try SimulationInput.parse(text, path: "in.toml") } catch is Failure {}
        }
      }
    }
  }

  @Test func binaryNoiseIsRefused() {
    let random = CounterRandom(.test, seed: 8)
    for round in 0..<300 {
      let bytes = (0..<(round * 3)).map {
        UInt8(truncatingIfNeeded: random.words(step: UInt64(round), id: UInt64($0)).x)
      }
      #expect(throws: Failure.self) { try SimulationInput.parse(bytes, path: "in.toml") }
    }
  }
}
