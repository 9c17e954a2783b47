/** WASM decoders as modules: TypeScript does not read source imports yet. */

import source mozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import source libwebp from "@jsquash/webp/codec/dec/webp_dec.wasm";

export { libwebp, mozjpeg };
