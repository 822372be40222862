fn main() {
    let s = eegenre::recordings::load(std::env::args().nth(1).unwrap()).unwrap();
    println!("{}", eegenre::recordings::Description::of(&s));
    for f in [eegenre::figures::Figure::recordings(&s), eegenre::figures::Figure::design(&s)] {
        println!("{:?}", f.save("/tmp/figs").unwrap());
    }
}
