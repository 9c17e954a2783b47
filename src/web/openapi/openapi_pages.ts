/** What `/openapi.json` says of the pages, their files, and the lesson. */

import { assets } from "../assets.ts";
import { LESSON_FIELDS } from "../lesson/lesson.ts";
import { COMPUTED, type Json, operation, parameterOf, pathParameter } from "./openapi_parts.ts";

const TEXT: Json = { type: "string" };

/** The paths of what a browser opens. */
export function pagePaths(): Json {
  return {
    "/": { get: page("The explorer: a map") },
    "/lesson": { get: page("Ways of sharing one picture among workers, as they run") },
    "/docs": { get: page("This document for people") },
    "/robots.txt": { get: page("What crawlers are to leave alone", "text/plain") },
    "/favicon.ico": { get: page("The page's icon", "image/svg+xml") },
    "/licences": { get: page("Licences of what is served", "text/plain") },
    ...assetPaths(),
    "/lesson/run": {
      get: operation(
        "A run of the lesson",
        Object.keys(LESSON_FIELDS).map((name) =>
          parameterOf(name as keyof typeof LESSON_FIELDS, LESSON_FIELDS)
        ),
        {
          200: {
            description: "Events as they happen: run, way, batches, done and so on to end.",
            types: { "text/event-stream": TEXT },
          },
          503: COMPUTED[503]!,
        },
      ),
    },
  };
}

function page(summary: string, type = "text/html"): Json {
  return operation(summary, [], {
    200: { description: "The page.", types: { [type]: TEXT } },
    304: COMPUTED[304]!,
  });
}

/** A path for every folder: what is free in a path has no slash in it. */
function assetPaths(): Json {
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);
  const folders = Map.groupBy(assets, ([path]) => folderOf(path));
  const paths = [...folders].map(([folder, files]) => {
    const names = files.map(([path]) => path.slice(folder.length));
    const types = files.map(([, { type }]) => [type.split(";")[0]!, TEXT]);
    const file = pathParameter("file", "Its name.", { type: "string", enum: names });
    const get = operation("A file of the pages", [file], {
      200: { description: "The file.", types: Object.fromEntries(types) },
      304: COMPUTED[304]!,
      404: { description: "There is no such file." },
    });
    return [`/assets/${folder}{file}`, { get }];
  });
  return Object.fromEntries(paths);
}
