[(block) (parallel_statement) (object) (list) (comment)] @fold
