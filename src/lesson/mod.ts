// lesson: the lesson on multiprocessing: one picture computed in several ways, timed and compared.

export {
  countPointsInPool,
  type Lesson,
  type LessonEvent,
  type LessonOptions,
  type LessonRow,
  runLesson,
  type TimedBatch,
} from "./lesson.ts";
export { type LessonWindow, NOTEBOOK_WINDOW, previewOf, SPIRALS_WINDOW } from "./workload.ts";
