// Which part of the picture is seen, and how large. Pure: every move gives a new camera.
/** Where the upper left corner of the window lies in the picture, and pixels a unit of it. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** In pixels, or in units of the picture. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** In pixels of the window, or in units of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** By its upper left corner. */
export interface Rect extends Point, Size {}

const largestScale = 4;
/** A picture of ten thousand rows is shown whole at about this. */
const smallestScale = 0.0005;
/** Text is read at this scale and above. */
export const readableScale = 0.55;

/** The place in the picture under a place of the window. */
export function toPicture(camera: Camera, { x, y }: Point): Point {
  return { x: camera.x + x / camera.scale, y: camera.y + y / camera.scale };
}

/** The part of the picture in the window. */
export function seenPart(camera: Camera, { width, height }: Size): Rect {
  return { x: camera.x, y: camera.y, width: width / camera.scale, height: height / camera.scale };
}

/** Moves the picture by pixels of the window. */
export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** What was in the middle of a window of another size stays there. */
export function recentred(camera: Camera, before: Size, now: Size): Camera {
  return panned(camera, (now.width - before.width) / 2, (now.height - before.height) / 2);
}

/** Zooms so that what lies under a place of the window stays there. */
export function zoomed(camera: Camera, factor: number, around: Point): Camera {
  const scale = Math.min(largestScale, Math.max(smallestScale, camera.scale * factor));
  const held = toPicture(camera, around);
  return { x: held.x - around.x / scale, y: held.y - around.y / scale, scale };
}

/** Shows a part of the picture whole, in the middle; not larger than it is. */
export function fitted(part: Rect, window: Size, border = 24): Camera {
  const scale = Math.max(
    smallestScale,
    Math.min(1, (window.width - 2 * border) / part.width, (window.height - 2 * border) / part.height),
  );
  return centred({ x: part.x + part.width / 2, y: part.y + part.height / 2 }, scale, window);
}

/** Puts a place of the picture into the middle of the window. */
export function centred({ x, y }: Point, scale: number, window: Size): Camera {
  return { x: x - window.width / scale / 2, y: y - window.height / scale / 2, scale };
}

/** What is shown first: all of it if it can be read, else its beginning at the top. */
export function firstCamera(picture: Size, top: Point, window: Size): Camera {
  const whole = fitted({ x: 0, y: 0, ...picture }, window);
  if (whole.scale >= readableScale) return whole;
  const scale = Math.min(1, Math.max(readableScale + 0.15, (window.width - 48) / picture.width));
  return { ...centred(top, scale, window), y: 0 };
}

/** Moves as little as needed until a part is inside the window, with some room around it. */
export function brought(camera: Camera, part: Rect, window: Size): Camera {
  const room = 40 / camera.scale;
  const seen = seenPart(camera, window);
  const along = (from: number, length: number, start: number, size: number): number => {
    if (size + 2 * room > length) return start + size / 2 - length / 2;
    return Math.min(start - room, Math.max(start + size + room - length, from));
  };
  return {
    x: along(seen.x, seen.width, part.x, part.width),
    y: along(seen.y, seen.height, part.y, part.height),
    scale: camera.scale,
  };
}

/** Between two cameras; 0 is the first. */
export function between(from: Camera, to: Camera, share: number): Camera {
  const mix = (a: number, b: number): number => a + (b - a) * share;
  return { x: mix(from.x, to.x), y: mix(from.y, to.y), scale: mix(from.scale, to.scale) };
}
