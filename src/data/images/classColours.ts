// The colours in which classes are shown in pictures.

export type Colour = readonly [red: number, green: number, blue: number];

/** Colours that people with defects of colour vision tell apart (Okabe & Ito 2008), of those that black letters are read on. */
const colours: readonly Colour[] = [
  [230, 159, 0],
  [86, 180, 233],
  [240, 228, 66],
  [0, 158, 115],
  [204, 121, 167],
  [213, 94, 0],
];

/** The colour of the class at that place, from 0; beyond their number they come again. */
export function classColour(place: number): Colour {
  return colours[place % colours.length] ?? [0, 0, 0];
}
