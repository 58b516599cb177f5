/** A decoded image: 8 bits for each of red, green and blue, rows from the top, no padding. */
export type Image = { width: number; height: number; rgb: Uint8Array }

/** What changes the bits of an image on its way from a file; models' manifests name exactly these. */
export const imagePins = { decoders: ['jpeg-js@0.4.4', 'fast-png@8.0.0'], resizer: 'bilinear/1' }

/** Larger images are refused before anything is decoded: 24 megapixels take jpeg-js about half a gigabyte. */
export const MAX_PIXELS = 24_000_000

/** The longest side of an image in pixels. */
export const MAX_SIDE = 16_384
