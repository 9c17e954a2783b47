/** The encoders' WASM as modules: TypeScript does not read source imports yet. */

import source mozjpeg from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";
// The one that its `init` takes where there is SIMD, as there must be for the kernel.
import source libwebp from "@jsquash/webp/codec/enc/webp_enc_simd.wasm";

export { libwebp, mozjpeg };
