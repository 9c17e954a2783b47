/** What a WMTS says of itself: the capabilities document of WMTS 1.0.0 (OGC 07-057r7). */

import { defaultPalette, paletteNames } from "../../image/mod.ts";
import type { FractalSet } from "../../plane/mod.ts";
import { PICTURES, typeOf } from "../request/formats.ts";
import { escapeXml } from "./xml.ts";
import {
  LATITUDE_EDGE,
  matricesOf,
  PLANE_WKT,
  TILE_SIDE,
  type TileMatrixSet,
  tileMatrixSetsOf,
} from "./tile_matrix_sets.ts";

/** The c of the Julia layer where none is asked for. */
export const USUAL_C = "-0.8,0.156";

/** A set as a layer. */
export interface Layer {
  readonly id: FractalSet["id"];
  readonly title: string;
  /** Parameters that its tiles need besides those that were asked for. */
  readonly needs: readonly (readonly [name: string, value: string])[];
}

/** The layers, the default first: one for each set. */
export const LAYERS: readonly Layer[] = [
  { id: "mandelbrot", title: "Mandelbrot set", needs: [] },
  { id: "julia", title: "Julia set", needs: [["set", "julia"], ["c", USUAL_C]] },
];

/** What the document depends on. */
export interface CapabilitiesOptions {
  /** The address in front of all paths, as clients see it. */
  readonly base: string;
  /** Parameters that every tile is to be asked for with. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly deepest: number;
}

/** The document. The deepest zoom stands in a constraint of its own, as clients cannot count so far. */
export function capabilities({ base, parameters, deepest }: CapabilitiesOptions): string {
  const query = String(new URLSearchParams([...parameters]));
  // One layer, so that clients which take the first or want the only one have the right one.
  const asked = parameters.get("set") ?? "mandelbrot";
  const one = LAYERS.find(({ id }) => id === asked)!;
  const kvp = escapeXml(`${base}/wmts?${query === "" ? "" : `${query}&`}`);
  const rest = escapeXml(`${base}/wmts/1.0.0/WMTSCapabilities.xml`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd" version="1.0.0">
  <ows:ServiceIdentification>
    <ows:Title>${one.title}</ows:Title>
    <ows:ServiceType>OGC WMTS</ows:ServiceType>
    <ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion>
  </ows:ServiceIdentification>
  <ows:OperationsMetadata>
${operation("GetCapabilities", kvp)}
${operation("GetTile", kvp)}
    <ows:Constraint name="deepest_zoom">
      <ows:AllowedValues><ows:Value>${deepest}</ows:Value></ows:AllowedValues>
    </ows:Constraint>
  </ows:OperationsMetadata>
  <Contents>
${layer(one, { base, parameters })}
${tileMatrixSetsOf(one.id).map((set) => matrixSet(set, deepest)).join("\n")}
  </Contents>
  <ServiceMetadataURL xlink:href="${rest}"/>
</Capabilities>
`;
}

function operation(name: string, kvp: string): string {
  return `    <ows:Operation name="${name}">
      <ows:DCP><ows:HTTP><ows:Get xlink:href="${kvp}">
        <ows:Constraint name="GetEncoding"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues></ows:Constraint>
      </ows:Get></ows:HTTP></ows:DCP>
    </ows:Operation>`;
}

/** The order of its elements is the schema's. */
function layer(
  { id, title, needs }: Layer,
  { base, parameters }: Pick<CapabilitiesOptions, "base" | "parameters">,
): string {
  const query = String(new URLSearchParams([...new Map([...needs, ...parameters])]));
  const sets = tileMatrixSetsOf(id);
  const boxes = sets.map((set) =>
    `      <ows:BoundingBox crs="${escapeXml(crsOf(set))}">
        <ows:LowerCorner>${set.left} ${set.bottom}</ows:LowerCorner>
        <ows:UpperCorner>${set.right} ${set.top}</ows:UpperCorner>
      </ows:BoundingBox>`
  );
  const styles = paletteNames.map((name) =>
    `      <Style${name === defaultPalette ? ' isDefault="true"' : ""}>` +
    `<ows:Identifier>${name}</ows:Identifier></Style>`
  );
  const formats = PICTURES.map((format) => `      <Format>${typeOf(format)}</Format>`);
  const links = sets.map(({ id }) =>
    `      <TileMatrixSetLink><TileMatrixSet>${id}</TileMatrixSet></TileMatrixSetLink>`
  );
  const tile = `${base}/wmts/tiles/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}`;
  const templates = PICTURES.map((format) => {
    const template = escapeXml(`${tile}.${format}${query === "" ? "" : `?${query}`}`);
    return `      <ResourceURL format="${
      typeOf(format)
    }" resourceType="tile" template="${template}"/>`;
  });
  return `    <Layer>
      <ows:Title>${title}</ows:Title>
      <ows:WGS84BoundingBox>
        <ows:LowerCorner>-180 -${LATITUDE_EDGE}</ows:LowerCorner>
        <ows:UpperCorner>180 ${LATITUDE_EDGE}</ows:UpperCorner>
      </ows:WGS84BoundingBox>
      <ows:Identifier>${id}</ows:Identifier>
${[...boxes, ...styles, ...formats, ...links, ...templates].join("\n")}
    </Layer>`;
}

function matrixSet(set: TileMatrixSet, deepest: number): string {
  const { id, title, left, top, registered } = set;
  const known = registered === undefined
    ? ""
    : `\n      <WellKnownScaleSet>${registered.scaleSetUrn}</WellKnownScaleSet>`;
  const matrices = matricesOf(set, deepest).map(({ id, scaleDenominator, width }) =>
    `      <TileMatrix>
        <ows:Identifier>${id}</ows:Identifier>
        <ScaleDenominator>${scaleDenominator}</ScaleDenominator>
        <TopLeftCorner>${left} ${top}</TopLeftCorner>
        <TileWidth>${TILE_SIDE}</TileWidth>
        <TileHeight>${TILE_SIDE}</TileHeight>
        <MatrixWidth>${width}</MatrixWidth>
        <MatrixHeight>${width}</MatrixHeight>
      </TileMatrix>`
  );
  return `    <TileMatrixSet>
      <ows:Title>${title}</ows:Title>
      <ows:Identifier>${id}</ows:Identifier>
      <ows:SupportedCRS>${escapeXml(crsOf(set))}</ows:SupportedCRS>${known}
${matrices.join("\n")}
    </TileMatrixSet>`;
}

/** In WKT where it is not registered: GDAL fetches no reference system, wherever it may be described. */
function crsOf({ registered }: TileMatrixSet): string {
  return registered?.urn ?? PLANE_WKT;
}
