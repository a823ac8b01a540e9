import Simulation

@main
struct Swmd {
  static func main() { print("swmd") }
}
