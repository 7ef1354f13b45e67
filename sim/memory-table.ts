import type { Item, Key, Table } from "../src/aws/table.ts";

/** The table in memory, with the promises of the one in DynamoDB: items are copied in and out as JSON, versions compared. */
export function memoryTable(): Table {
  const items = new Map<string, Item>();
  const at = ({ pk, sk }: Key) => `${pk}\n${sk}`;
  const copy = ({ bytes, ...item }: Item): Item => ({
    ...(JSON.parse(JSON.stringify(item)) as Item),
    ...(bytes && { bytes: bytes.slice() }),
  });
  return {
    get: (key) => {
      const item = items.get(at(key));
      return Promise.resolve(item && copy(item));
    },
    create: (item) => {
      if (items.has(at(item))) return Promise.resolve(false);
      items.set(at(item), copy({ ...item, version: 1 }));
      return Promise.resolve(true);
    },
    replace: (item) => {
      if (items.get(at(item))?.version !== item.version) return Promise.resolve(false);
      items.set(at(item), copy({ ...item, version: item.version + 1 }));
      return Promise.resolve(true);
    },
    increment: (key, field) => {
      const item = items.get(at(key));
      if (!item) return Promise.resolve(false);
      const body = item.body as Record<string, number>;
      items.set(at(key), { ...item, version: item.version + 1, body: { ...body, [field]: (body[field] ?? 0) + 1 } });
      return Promise.resolve(true);
    },
    query: (pk, { newestFirst = false, limit = Infinity } = {}) => {
      const found = [...items.values()].filter((item) => item.pk === pk).sort((a, b) => (a.sk < b.sk ? -1 : 1));
      if (newestFirst) found.reverse();
      return Promise.resolve(found.slice(0, limit).map(copy));
    },
    recent: (list, { limit }) => {
      const found = [...items.values()].filter((item) => item.list === list).sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
      return Promise.resolve(found.slice(0, limit).map(copy));
    },
  };
}
