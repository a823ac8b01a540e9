/// Crossings of parallel planes by the atoms of each species, counted in intervals of time.
///
/// With s the unwrapped coordinate of an atom in parts of the cell and f the plane's, k = ⌊s − f⌋ counts the images of the
/// plane below the atom; k_{t+1} − k_t is how often the atom crossed from one frame to the next, upwards or (< 0) downwards.
/// An atom that returns between two frames is not seen. Along a direction that is not periodic the plane has no images.
final class PlaneCrossings {
  /// Ascending; within [0, 1) where the direction is periodic.
  let planes: [Double]
  let isPeriodic: Bool
  /// Steps between frames that are counted together.
  let blockLength: Int
  /// The last one may be shorter.
  let blockCount: Int
  /// [species][planes][blocks]
  private(set) var up: [Int64]
  private(set) var down: [Int64]
  /// [atoms]
  private let species: [Int]
  private var gaps: [Gap]

  /// Where an atom is: the number of the last plane at or below it, numbered on through the images, and the places of that
  /// plane and the next.
  private struct Gap {
    var number = 0
    var low = 0.0
    var high = 0.0
  }

  /// - Parameters:
  ///   - species: of each atom, from 0.
  init(
    planes: [Double], isPeriodic: Bool, stepCount: Int, blockLength: Int, species: [Int], speciesCount: Int
  ) {
    precondition(!planes.isEmpty && zip(planes, planes.dropFirst()).allSatisfy { $0 <= $1 })
    (self.planes, self.isPeriodic, self.blockLength, self.species) = (planes, isPeriodic, blockLength, species)
    blockCount = (stepCount + blockLength - 1) / blockLength
    up = [Int64](repeating: 0, count: speciesCount * planes.count * blockCount)
    down = up
    gaps = species.map { _ in Gap() }
  }

  /// Takes the places of all atoms as they are: nothing is counted.
  func start(at places: [Double]) {
    for (atom, place) in places.enumerated() {
      var number = isPeriodic ? planes.count * Int(place.rounded(.down)) : 0
      while place < bound(number) { number -= 1 }
      while place >= bound(number + 1) { number += 1 }
      gaps[atom] = Gap(number: number, low: bound(number), high: bound(number + 1))
    }
  }

  /// Counts what the atoms crossed in `step`, from where they were to the unwrapped coordinates `places`: [atoms].
  ///
  /// An atom is between two planes most of the time: two comparisons, however many planes there are.
  func move(to places: [Double], step: Int) {
    let block = step / blockLength
    gaps.withUnsafeMutableBufferPointer { gaps in
      places.withUnsafeBufferPointer { places in
        for atom in places.indices where places[atom] < gaps[atom].low || places[atom] >= gaps[atom].high {
          gaps[atom] = crossed(gaps[atom], places[atom], species: species[atom], block: block)
        }
      }
    }
  }

  private func crossed(_ gap: Gap, _ place: Double, species: Int, block: Int) -> Gap {
    var number = gap.number
    while place < bound(number) {
      down[(species * planes.count + plane(number)) * blockCount + block] += 1
      number -= 1
    }
    while place >= bound(number + 1) {
      number += 1
      up[(species * planes.count + plane(number)) * blockCount + block] += 1
    }
    return Gap(number: number, low: bound(number), high: bound(number + 1))
  }

  func combine(_ sum: ([Int64]) -> [Int64]) { (up, down) = (sum(up), sum(down)) }

  /// The plane with this number; periodic planes are numbered on through the images.
  private func plane(_ number: Int) -> Int { isPeriodic ? number - planes.count * image(number) : number }

  private func image(_ number: Int) -> Int { number >= 0 ? number / planes.count : (number + 1) / planes.count - 1 }

  /// Where the plane with this number is.
  private func bound(_ number: Int) -> Double {
    if isPeriodic { return planes[plane(number)] + Double(image(number)) }
    return number < 0 ? -.infinity : number >= planes.count ? .infinity : planes[number]
  }
}
